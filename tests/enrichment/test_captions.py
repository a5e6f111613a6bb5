from __future__ import annotations

import time

import pytest

from services.enrichment.agencies import Agency, agencies
from services.enrichment.captions import Captioned, CreditRule, split, tidied

KNOWN = agencies([Agency("Sample Pictures", ("SamplePix",), in_text=False)])


@pytest.mark.parametrize(
    ("text", "caption", "credit"),
    [
        ("A bridge. Photo: Ann Lens/AP", "A bridge.", "Ann Lens/AP"),
        ("A bridge – Reuters", "A bridge", "Reuters"),
        ("Most. Fot. Jan Nowak / PAP", "Most.", "Jan Nowak/PAP"),
        ("Il ponte. (Foto ANSA)", "Il ponte.", "ANSA"),
        ("A bridge. Source: State Service/Telegram", "A bridge.", "State Service/Telegram"),
        ("ILLUSTRATION: Ann Lens", None, "Ann Lens"),
        ("Das Haus. Foto: Max Muster/dpa", "Das Haus.", "Max Muster/dpa"),
        ("Das Haus (Symbolfoto: picture alliance/dpa | Max Muster)", "Das Haus", "Max Muster/picture alliance/dpa"),
        ("Нова зала. Фото: Іван Лисенко/Sample Wire", "Нова зала.", "Іван Лисенко/Sample Wire"),
        ("A pan (Image credit: Maker)", "A pan", "Maker"),
        ("At the World CupCredit: PA", "At the World Cup", "PA"),
        ("[사진 = 김작가 기자]", None, "김작가"),
        ("A bridge © Ann Lens", "A bridge", "Ann Lens"),
        ("A bridge (c) Reuters", "A bridge", "Reuters"),
        ("A hall. Copyright 2026 The AP. All rights reserved.", "A hall.", "The AP"),
        (
            "At the lectern on Oct. 31, 2023. (Kevin Dietsch/Getty Images)",
            "At the lectern on Oct. 31, 2023.",
            "Kevin Dietsch/Getty Images",
        ),
        ("Kyiv (Photo by Ann Lens/NurPhoto via Getty Images)", "Kyiv", "Ann Lens/NurPhoto/Getty Images"),
        ("El campo. Ana Lente (dpa/picture alliance via Getty)", "El campo.", "Ana Lente/dpa/picture alliance/Getty"),
        ("On the way. Foto: Ann Lens (Keystone)", "On the way.", "Ann Lens/Keystone"),
        ("A view of it. Photo by Ann Lens / Reuters", "A view of it.", "Ann Lens/Reuters"),
        ("Soldiers rest. | Ann Lens", "Soldiers rest.", "Ann Lens"),
        ("Soldiers rest. — AFP", "Soldiers rest.", "AFP"),
        ("Soldiers rest. AFP via Getty Images", "Soldiers rest.", "AFP/Getty Images"),
        ("Soldiers rest.AFP", "Soldiers rest.", "AFP"),
        ("Un lago. EFE/ J.J. Lente", "Un lago.", "J.J. Lente/EFE"),
        ("A walk in Washington DC Ann Lens/via Reuters", "A walk in Washington DC", "Ann Lens/Reuters"),
        ("A walk by the lake, Ann B. Lens / AP", "A walk by the lake,", "Ann B. Lens/AP"),
        ("A vote of 2021Bild: Ann Lens/REUTERS", "A vote of 2021", "Ann Lens/REUTERS"),
        ("A flag. (AP Photo/Ann Lens) AP Photo", "A flag.", "Ann Lens/AP Photo"),
        ("A lake. SamplePix", "A lake.", "SamplePix"),
        ("Photo: Ann Lens", None, "Ann Lens"),
        ("A. Lens/IMAGO", None, "A. Lens/IMAGO"),
        ("The mayor in 2019. (AP Photo/Ann Lens, File)", "The mayor in 2019.", "Ann Lens/AP Photo"),
        ("The mayor. REUTERS/Ann Lens/File Photo", "The mayor.", "Ann Lens/REUTERS"),
        ("Smoke rises | Anadolu Agency via Getty Images", "Smoke rises", "Anadolu Agency/Getty Images"),
        ("A view. PHOTO: ANN LENS/AFP", "A view.", "ANN LENS/AFP"),
        ("ФОТО: Іван Лисенко / Sample Wire", None, "Іван Лисенко/Sample Wire"),
        ("A view. Courtesy of NASA", "A view.", "NASA"),
        ("A view. Photo courtesy of Ann Lens", "A view.", "Ann Lens"),
        ("A view. Photo provided by Ann Lens", "A view.", "Ann Lens"),
        ("写真：共同", None, "共同"),
    ],
)
def test_a_credit_is_parted_from_its_caption(text: str, caption: str | None, credit: str) -> None:
    assert split(text, None, KNOWN) == Captioned(caption, credit)


@pytest.mark.parametrize(
    "text",
    [
        "People wait (in the rain)",
        "People wait – Reuters reporters too",
        "The mayor said: wait for it.",
        "The photo: a story of two cities",
        "PHOTO: Smoke rises over the bay",
        "The president speaks (file photo)",
        "Ein Haus (Symbolbild)",
        "A view (photo illustration)",
        "A lamp, courtesy of the museum",
        "Smoke rises | Our story",
        "Foto de familia de la reunión",
        "A view – Ann",
        "The shop sells apps. He bought one.",
        "He spoke. AFP reporters were waiting",
        "Minister at a meeting. He spoke (2024)",
        "North / South talks at the border",
    ],
)
def test_what_credits_nobody_stays_caption(text: str) -> None:
    assert split(text, None, KNOWN) == Captioned(text, None)


@pytest.mark.parametrize("beside", ["Ann Lens", "ann lens", "Getty Images", "Photo: Ann Lens"])
def test_a_credit_inside_that_names_more_than_the_one_beside_is_the_fuller(beside: str) -> None:
    found = split("At the quay. (Ann Lens/Bay Wire via Getty Images)", beside, KNOWN)
    assert found == Captioned("At the quay.", "Ann Lens/Bay Wire/Getty Images")
    assert split("At the quay. (Ann Lens/AFP)", "Bo Lens", KNOWN) == Captioned("At the quay. (Ann Lens/AFP)", "Bo Lens")


def test_a_credit_given_beside_wins_and_is_not_said_twice() -> None:
    assert split("A pier. (Ann Lens/AP)", "Ann Lens / AP", KNOWN) == Captioned("A pier.", "Ann Lens/AP")
    assert split("A pier. (Ann Lens/AP)", "Bob Lens", KNOWN) == Captioned("A pier. (Ann Lens/AP)", "Bob Lens")


@pytest.mark.parametrize(
    ("credit", "expected"),
    [
        ("Anadolu Agency via Getty Images", "Anadolu Agency/Getty Images"),
        ("Kevin Dietsch/Getty Images", "Kevin Dietsch/Getty Images"),
        ("EFE/ Ana Lente", "Ana Lente/EFE"),
        ("imago/Max Muster | IMAGO/Max Muster", "Max Muster/IMAGO"),
        ("Ann Lens (Getty)", "Ann Lens/Getty"),
        ("Photograph: Ann Lens/Photo: AP", "Ann Lens/AP"),
        ("© 2026 Ann Lens", "Ann Lens"),
        ("Copyright of Ann Lens", "Ann Lens"),
        ("copyright : Ann Lens", "Ann Lens"),
        ("Copyright (c) Ann Lens", "Ann Lens"),
        ("Ann Lens /via AP/REX", "Ann Lens/AP/REX"),
        ("Ann Lens vIa Sample Pictures", "Ann Lens/Sample Pictures"),
        ("Presseye/ INPHO /REX", "Presseye/INPHO/REX"),
        ("(c) Copyright Ann Lens", "Ann Lens"),
        ("Copyright Ann Lens. All rights reserved.", "Ann Lens"),
        ("Photo by Ann Lens", "Ann Lens"),
        ("Philip Glass", "Philip Glass"),
        (" (Ann Lens / AP) ", "Ann Lens/AP"),
        ("©", None),
    ],
)
def test_a_credit_is_photographer_then_agency(credit: str, expected: str | None) -> None:
    assert tidied(credit, KNOWN) == expected


@pytest.mark.parametrize(
    ("rule", "text", "caption", "credit"),
    [
        (CreditRule("(", ")"), "Kyiv in snow (Ann Lens).", "Kyiv in snow", "Ann Lens"),
        (CreditRule(" / "), "Kyiv in snow / Ann Lens", "Kyiv in snow", "Ann Lens"),
        (CreditRule(" EFE/", keep=True), "Kyiv in snow EFE/ Ann Lens", "Kyiv in snow", "Ann Lens/EFE"),
        (CreditRule("BILD:", " - ", starts=True), "BILD: ANN LENS - Kyiv in snow", "Kyiv in snow", "ANN LENS"),
        (CreditRule("Sample/", ". ", starts=True, keep=True), "Sample/Ann. In snow", "In snow", "Sample/Ann"),
    ],
)
def test_a_source_may_have_a_rule_of_its_own(rule: CreditRule, text: str, caption: str, credit: str) -> None:
    assert split(text, None, KNOWN, (rule,)) == Captioned(caption, credit)


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (CreditRule("(", ")"), "Kyiv (in snow) today"),
        (CreditRule("(", ")"), "Kyiv )("),
        (CreditRule(" / "), "Kyiv / " + "long " * 40),
        (CreditRule("BILD:", " - ", starts=True), "A BILD: Ann - Kyiv"),
        (CreditRule("BILD:", " - ", starts=True), "BILD: Ann, Kyiv"),
    ],
)
def test_a_sources_rule_that_does_not_fit_changes_nothing(rule: CreditRule, text: str) -> None:
    assert split(text, None, KNOWN, (rule,)).caption == text.strip()


def test_nothing_is_nothing() -> None:
    assert split(None, None, KNOWN) == Captioned(None, None)
    assert split(" ", " ", KNOWN) == Captioned(None, None)


@pytest.mark.parametrize(
    "piece", ["(", "Photo: ", "© ", "| ", "(a", "a. ", "/", "Photo by ", "A.", "AP/", "٫ﷺ", "e\u0301"]
)
@pytest.mark.parametrize("length", [2_000, 2_000_000])
def test_a_text_gone_astray_is_read_in_bounded_time(piece: str, length: int) -> None:
    astray = piece * (length // len(piece))
    started = time.process_time()
    split(astray, astray, KNOWN, (CreditRule("(", ")"), CreditRule("a", "b", starts=True)))
    assert time.process_time() - started < 2
