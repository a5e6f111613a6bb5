"""Folding and words: equal for a reader is equal here, at a cost that grows with the length alone."""

from __future__ import annotations

import time
import unicodedata

import pytest

from shared.query.words import MARK_RUN, fold, key, slug, words

MARKS = "\u0315\u0300"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Kursk", "kursk"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("Cafe\u0301", "café"),
        ("Ｋｙｉｖ", "kyiv"),
        ("North\u00adern", "northern"),
        ("Київ", "київ"),
        ("“North–South”", '"north-south"'),
        ("Écrivain’s", "écrivain's"),
    ],
)
def test_spellings_that_read_the_same_fold_to_the_same(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_folding_twice_changes_no_character_further() -> None:
    codes = (*range(0x1_F000), *range(0x2_F800, 0x2_FA20))  # past these nothing folds
    every = (chr(code) for code in codes)
    assert [each for each in every if fold(fold(each)) != fold(each)] == []


def test_marks_past_the_thirtieth_are_dropped_in_every_block_that_has_marks() -> None:
    every = (chr(code) for code in range(0x110000))
    marks = [each for each in every if unicodedata.combining(unicodedata.normalize("NFKD", each)[0])]
    assert len(marks) > 900
    assert [each for each in marks if len(fold("x" + each * 200)) > 4 * MARK_RUN] == []


@pytest.mark.parametrize("hostile", [f"a{MARKS * 100_000}", ("\u0315" * 30 + "\uff9e") * 6_000])
def test_a_long_run_of_marks_costs_no_quadratic_sort(hostile: str) -> None:
    started = time.process_time()
    fold(hostile)
    assert time.process_time() - started < 2.0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Kyiv's self-styled army_group, no. 7!",
            ["kyiv", "s", "self", "styled", "army", "group", "no", "7"],
        ),
        ("“Kursk”—again", ["kursk", "again"]),
        ("हिन्दी समाचार", ["हिन्दी", "समाचार"]),
        ("在北京。", ["在", "北", "京"]),
        ("", []),
    ],
)
def test_words_are_letters_and_digits_with_their_marks(text: str, expected: list[str]) -> None:
    assert words(fold(text)) == expected


def test_a_key_has_single_spaces() -> None:
    assert key("  North \u00a0\n Korea ") == "north korea"


@pytest.mark.parametrize(
    ("name", "expected"),
    [("José Łukasz-Ortiz", "jose-lukasz-ortiz"), ("O'Brien", "o-brien"), ("Київ", "kiiv"), ("—", "")],
)
def test_a_slug_is_ascii(name: str, expected: str) -> None:
    assert slug(name) == expected
