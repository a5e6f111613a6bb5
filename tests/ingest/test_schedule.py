"""When a source is polled next."""

from __future__ import annotations

import pytest

from services.ingest.schedule import Ended, Held, Missed, Succeeded, next_in


def middle() -> float:
    return 0.5


def test_a_success_is_followed_after_the_interval_give_or_take_a_tenth() -> None:
    assert next_in(15, Succeeded(), middle) == 900
    assert next_in(15, Succeeded(), lambda: 0.0) == 810
    assert next_in(15, Succeeded(), lambda: 1.0) == pytest.approx(990)


def test_no_source_is_polled_twice_a_minute() -> None:
    assert next_in(0, Succeeded(), lambda: 0.0) == 60


def test_failures_double_the_wait_up_to_a_day_and_never_end_it() -> None:
    assert [next_in(15, Missed(n), middle) for n in (1, 2, 3, 6, 7, 10_000)] == [
        1800,
        3600,
        7200,
        57_600,
        86_400,
        86_400,
    ]


def test_an_interval_longer_than_a_day_is_not_shortened_by_failing() -> None:
    assert next_in(3 * 1440, Missed(5), middle) == 3 * 86_400


def test_retry_after_lengthens_the_wait_up_to_a_day_and_never_shortens_it() -> None:
    assert next_in(15, Held(3600.0), lambda: 0.0) == 3600
    assert next_in(15, Held(5.0), middle) == 900
    assert next_in(15, Held(1e9), lambda: 0.0) == 86_400
    assert next_in(15, Held(), middle) == 1800


def test_what_is_gone_is_not_polled_again() -> None:
    assert next_in(15, Ended(), middle) is None
