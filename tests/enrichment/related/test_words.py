"""The words that tell an article from others: its names first, and what it repeats."""

from __future__ import annotations

import time
from zlib import crc32

import pytest

from services.enrichment.related.words import WORDS, telling


def known(words: bytes) -> set[int]:
    return {int.from_bytes(words[at : at + 2], "big") for at in range(0, len(words), 2)}


def hashed(word: str) -> int:
    return crc32(word.encode()) % 0xFFFF + 1


def test_names_and_repeated_words_tell_and_openers_of_sentences_do_not() -> None:
    text = "While Ann Writer spoke of herring, herring and herring, while the others of Lower Mill slept. " + "so " * 50
    found = known(telling("Herring", text))

    assert {hashed(word) for word in ("herring", "writer", "mill", "ann", "lower")} <= found
    assert hashed("so") not in found


def test_a_word_counts_as_one_however_it_is_written() -> None:
    assert known(telling("HERRING", "Herring")) == {hashed("herring"), 0}


def test_fewer_words_are_filled_up_with_nothing() -> None:
    assert len(telling("", "")) == 2 * WORDS
    assert known(telling("", "")) == {0}


def test_the_same_text_gives_the_same_bytes_whatever_the_order_of_equal_words() -> None:
    assert telling("", "alpha bravo charlie") == telling("", "charlie bravo alpha")


@pytest.mark.parametrize(
    "hostile", ["x" * 1_000_000, "Aa " * 300_000, "\ud800Name " * 100_000, "漢" * 500_000, "'’-" * 300_000]
)
def test_a_million_characters_take_no_time(hostile: str) -> None:
    started = time.process_time()
    telling(hostile, hostile)

    assert time.process_time() - started < 0.1
