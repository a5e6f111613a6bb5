"""When a source published of late."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.ingest.rhythm import MOST, Rhythm
from tests.ingest.parts import NOON


def every(minutes: int, count: int = 10) -> Rhythm:
    return Rhythm().heard([NOON - timedelta(minutes=minutes * number) for number in range(count)], NOON)


def test_the_gap_is_the_usual_one() -> None:
    assert every(10).gap(NOON) == 600
    assert every(10).heard([NOON - timedelta(days=30)], NOON).gap(NOON) == 600


def test_a_long_silence_counts_for_less_than_its_length() -> None:
    assert every(10).gap(NOON + timedelta(hours=8)) == 3600


def test_one_moment_or_none_is_no_rhythm() -> None:
    assert Rhythm().gap(NOON) is None
    assert every(10, count=1).gap(NOON) is None


def test_what_lies_ahead_does_not_count_and_a_batch_counts_once() -> None:
    lies = [NOON + timedelta(days=1), NOON, NOON + timedelta(seconds=20)]
    assert Rhythm().heard(lies, NOON).minutes == (int(NOON.timestamp()) // 60,)


def test_it_reads_back_what_it_wrote_and_stays_short() -> None:
    rhythm = every(7, count=100)
    assert len(rhythm.minutes) == MOST
    assert Rhythm.read(rhythm.write()) == rhythm
    assert len(rhythm.write()) < 60


@pytest.mark.parametrize("text", [None, "", "x", "12 x", "12 5.5"])
def test_what_it_did_not_write_says_nothing(text: str | None) -> None:
    assert Rhythm.read(text) == Rhythm()


def test_items_a_day_are_those_of_late() -> None:
    assert Rhythm().a_day(NOON) is None
    assert every(120, count=16).a_day(NOON) == pytest.approx(12.8, abs=0.1)
    assert every(10, count=3).a_day(NOON) == 3
