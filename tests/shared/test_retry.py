"""Waits of the schedule, their jitter, Retry-After, and the growing delays of the bus."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from shared.retry import DAY, HOUR, STANDARD, backoff, delay_after, retry_after_seconds, urgent

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def middle() -> float:
    return 0.5


def test_the_standard_schedule_is_ten_attempts_over_75_hours_35_minutes() -> None:
    waits = [delay_after(STANDARD, attempt, None, middle) for attempt in range(1, 11)]
    assert waits == [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400, None]
    assert sum(wait for wait in waits if wait) == 75 * 3_600 + 35 * 60 + 5


@pytest.mark.parametrize(("rolled", "wait"), [(0.0, 80.0), (0.25, 90.0), (0.75, 110.0), (1.0, 120.0)])
def test_a_wait_varies_by_a_fifth_either_way(rolled: float, wait: float) -> None:
    assert delay_after((100,), 1, None, lambda: rolled) == pytest.approx(wait)


@pytest.mark.parametrize(
    ("asked", "wait"), [(None, 300), (0, 300), (120, 300), (3_600, 3_600), (86_400, 86_400), (1e12, 86_400)]
)
def test_retry_after_lengthens_a_wait_up_to_a_day_and_never_shortens_it(asked: float | None, wait: float) -> None:
    assert delay_after(STANDARD, 2, asked, middle) == wait


def test_jitter_never_brings_an_attempt_before_what_retry_after_asked() -> None:
    assert delay_after((100,), 1, 100, lambda: 0.0) == 100


def test_retry_after_does_not_revive_an_exhausted_schedule() -> None:
    assert delay_after((5, 5), 3, 60, middle) is None
    assert delay_after((), 1, 60, middle) is None


def test_attempts_count_from_one() -> None:
    with pytest.raises(ValueError, match="count from 1"):
        delay_after(STANDARD, 0, None, middle)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("Sun, 22 Nov 2026 10:02:00 GMT", 120),
        ("Sunday, 22-Nov-26 10:02:00 GMT", 120),
        ("Sun Nov 22 10:02:00 2026", 120),
        ("Sun, 22 Nov 2026 09:00:00 GMT", 0),
    ],
)
def test_retry_after_takes_seconds_and_every_form_of_http_date(value: str, seconds: float) -> None:
    assert retry_after_seconds(value, NOW) == seconds


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "soon",
        "-5",
        "1.5",
        "1e9",
        "+5",
        "٣",
        "²",
        ",",
        "\x00",
        "9" * 400,
        "Sun, 99 Nov 2026 10:02:00 GMT",
        "Sun, 22 Nov 99999 10:02:00 GMT",
        "Mon, 1 Jan 0000 00:00:00 -9999",
    ],
)
def test_a_wrong_retry_after_counts_as_none(value: str | None) -> None:
    assert retry_after_seconds(value, NOW) is None


def test_backoff_doubles_from_its_base_and_stops_at_its_cap() -> None:
    assert [backoff(tries, 0.5, 10) for tries in range(1, 8)] == [0.5, 1, 2, 4, 8, 10, 10]


def test_backoff_survives_any_number_of_tries() -> None:
    assert backoff(0, 0.5, 10) == 0.5
    assert backoff(10**9, 0.5, 10) == 10


@pytest.mark.parametrize("schedule", [STANDARD, (0.1,), (DAY, DAY), (HOUR,)])
def test_what_is_urgent_is_tried_hourly_for_two_weeks_whatever_the_schedule(schedule: tuple[float, ...]) -> None:
    waits = urgent(schedule)
    assert waits[0] == min(schedule[0], HOUR)
    assert max(waits) <= HOUR
    assert sum(waits) == pytest.approx(14 * DAY, abs=HOUR)
    assert len(waits) < 400
