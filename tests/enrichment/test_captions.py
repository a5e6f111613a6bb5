from __future__ import annotations

import pytest

from services.enrichment.captions import split, tidied


@pytest.mark.parametrize(
    ("text", "caption", "credit"),
    [
        ("A bridge. Photo: Ann Lens/AP", "A bridge.", "Ann Lens/AP"),
        ("Das Haus. Foto: Max Muster/dpa", "Das Haus.", "Max Muster/dpa"),
        ("Нова зала. Фото: Іван Лисенко/Sample Wire", "Нова зала.", "Іван Лисенко/Sample Wire"),
        ("A bridge © Ann Lens", "A bridge", "Ann Lens"),
        ("A bridge (c) Reuters", "A bridge", "Reuters"),
        (
            "At the lectern on Oct. 31, 2023. (Kevin Dietsch/Getty Images)",
            "At the lectern on Oct. 31, 2023.",
            "Kevin Dietsch/Getty Images",
        ),
        ("Kyiv (Photo by Ann Lens/NurPhoto via Getty Images)", "Kyiv", "Ann Lens/NurPhoto/Getty Images"),
        ("A view of it. Photo by Ann Lens / Reuters", "A view of it.", "Ann Lens/Reuters"),
        ("Soldiers rest. | Ann Lens", "Soldiers rest.", "Ann Lens"),
        ("Soldiers rest. — AFP", "Soldiers rest.", "AFP"),
        ("Soldiers rest. AFP via Getty Images", "Soldiers rest.", "AFP/Getty Images"),
        ("Photo: Ann Lens", None, "Ann Lens"),
    ],
)
def test_a_credit_is_parted_from_its_caption(text: str, caption: str | None, credit: str) -> None:
    parted = split(text)

    assert (parted.caption, parted.credit) == (caption, credit)


@pytest.mark.parametrize(
    "text",
    [
        "People wait (in the rain)",
        "The mayor said: wait for it.",
        "The photo: a story of two cities",
        "A view – Ann",
        "The shop sells apps. He bought one.",
        "Minister at a meeting. He spoke (2024)",
    ],
)
def test_what_credits_nobody_stays_caption(text: str) -> None:
    assert (split(text).caption, split(text).credit) == (text, None)


def test_a_credit_given_beside_wins_and_is_not_said_twice() -> None:
    assert split("A pier. (Ann Lens/AP)", "Ann Lens / AP").caption == "A pier."
    assert split("A pier. (Ann Lens/AP)", "Bob Lens").caption == "A pier. (Ann Lens/AP)"
    assert split("A pier. (Ann Lens/AP)", "Bob Lens").credit == "Bob Lens"


@pytest.mark.parametrize(
    ("credit", "expected"),
    [
        ("Anadolu Agency via Getty Images", "Anadolu Agency/Getty Images"),
        ("© 2026 Ann Lens", "Ann Lens"),
        ("Photo by Ann Lens", "Ann Lens"),
        ("Philip Glass", "Philip Glass"),
        (" (Ann Lens / AP) ", "Ann Lens/AP"),
        ("©", None),
    ],
)
def test_a_credit_is_photographer_and_agency(credit: str, expected: str | None) -> None:
    assert tidied(credit) == expected


def test_nothing_is_nothing() -> None:
    assert (split(None).caption, split(" ").credit) == (None, None)


@pytest.mark.parametrize("piece", ["(", "Photo: ", "© ", "| ", "(a", "a. "])
def test_a_text_gone_astray_stays_whole(piece: str) -> None:
    astray = piece * 200_000

    assert split(astray).credit is None
