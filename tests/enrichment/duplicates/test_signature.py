"""A signature is alike where texts are, says the same on every machine, and takes linear time on anything."""

from __future__ import annotations

import random
import time

import pytest

from services.enrichment.duplicates.signature import FEWEST, LANES, Signature, signature
from services.enrichment.duplicates.verdict import likeness
from tests.enrichment.duplicates.parts import EDITS, text

WORDS = "The night ferry crosses the bay again after eleven years, and those who live on the islands came to the quay "
STORY = WORDS + "with lamps and bread to see how it turned slowly at the mole before the wind took hold of its flags."


def of(text: str, headline: str = "A ferry") -> Signature:
    found = signature(headline, text)
    assert found is not None
    return found


def alike(one: str, other: str) -> float:
    return likeness(sum(a == b for a, b in zip(of(one).lanes, of(other).lanes, strict=True)))


def true_likeness(one: str, other: str) -> float:
    first, second = (set(zip(w, w[1:], w[2:], strict=False)) for w in (one.split(), other.split()))
    return len(first & second) / len(first | second)


def test_a_signature_stays_what_it_is() -> None:
    found = of(STORY)

    assert (len(found.lanes), found.size, found.exact.hex()) == (LANES, 40, "600182111a8b9e53")
    assert found.lanes[:12].hex() == "0cc1d2a7a5a7d252befc6174"


def test_case_spacing_punctuation_and_quotes_make_no_difference() -> None:
    other = STORY.upper().replace(" ", "  \n").replace(",", " —").replace(".", "…”")

    assert of(other, "A FERRY!") == of(STORY)


@pytest.mark.parametrize("edit", EDITS)
def test_likeness_is_estimated_within_four_standard_errors(edit: str) -> None:
    chance = random.Random(3)
    for seed in range(12):
        one = text(seed)
        other = EDITS[edit](one, chance)
        assert alike(one, other) == pytest.approx(true_likeness(one, other), abs=0.2)


def test_likeness_is_estimated_without_a_lean() -> None:
    chance = random.Random(4)
    errors = []
    for seed in range(60):
        one = text(seed, words=120 + 10 * seed)
        other = EDITS["5% of words changed"](one, chance)
        errors.append(alike(one, other) - true_likeness(one, other))

    assert abs(sum(errors) / len(errors)) < 0.03


def test_the_exact_digest_covers_headline_and_opening_alone() -> None:
    long = " ".join(f"word{n}" for n in range(400))

    assert of(long).exact == of(long + " and some more at the end").exact
    assert of(long).exact != of(long, "Another headline").exact
    assert of(long).exact != of("A new word " + long).exact


def test_a_short_text_has_no_signature() -> None:
    words = [f"word{n}" for n in range(FEWEST + 2)]

    assert signature("A headline", " ".join(words[:-1])) is None
    assert signature("A headline", " ".join(words)) is not None
    assert signature("A headline", "again and " * 500) is None


def test_scripts_without_spaces_are_cut_by_letter() -> None:
    line = "北京的渡轮在十一年后再次穿过海湾岛上的人们带着灯和面包来到码头看它慢慢转过防波堤"

    assert alike(line, line) == pytest.approx(1.0)
    assert alike(line, line + "风把旗吹了起来") > 0.5


def test_the_same_word_counts_the_same_wherever_it_stands() -> None:
    assert alike("Ä" * 301 + " " + STORY, STORY) > 0.85


@pytest.mark.parametrize(
    "hostile",
    [
        "x" * 1_000_000,
        "😀" * 500_000,
        "é" * 1_000_000,
        "e\u0301" * 500_000,
        "שלום עולם ועוד " * 80_000,
        "漢字" * 400_000,
        "İ" * 500_000,
        "a " * 500_000,
        "\ud800 half " * 100_000,
        "\x00" * 1_000_000,
        " ".join(map(str, range(200_000))),
    ],
    ids=lambda text: ascii(text[:6]),
)
def test_a_million_characters_of_anything_take_no_time(hostile: str) -> None:
    signature(hostile[:10], hostile)
    started = time.process_time()
    signature(hostile, hostile)

    assert time.process_time() - started < 0.25


def test_nothing_has_no_signature() -> None:
    assert signature("", "") is None
