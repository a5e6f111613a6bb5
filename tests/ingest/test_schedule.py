"""When a source is polled next."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.ingest.document import Hints
from services.ingest.schedule import Bounds, Ended, Held, Missed, Resting, Succeeded, awake, next_in, spread
from services.ingest.source import Settings

SUNDAY = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)


def middle() -> float:
    return 0.5


def bounds(interval: int | None = 15, shortest: int | None = None, longest: int | None = None) -> Bounds:
    settings = Settings(id="a", interval_minutes=interval, shortest_minutes=shortest, longest_minutes=longest)
    return Bounds.of(settings)


def test_a_source_of_unknown_rhythm_is_asked_after_the_interval_give_or_take_a_tenth() -> None:
    assert next_in(bounds(), Succeeded(), middle) == 900
    assert next_in(bounds(), Succeeded(), lambda: 0.0) == 810
    assert next_in(bounds(), Succeeded(), lambda: 1.0) == pytest.approx(990)


@pytest.mark.parametrize(
    ("gap", "minutes"),
    [(60.0, 5), (900.0, 7.5), (1800.0, 15), (86_400.0, 15)],
)
def test_a_set_interval_is_the_longest_wait_and_a_third_of_it_the_shortest(gap: float, minutes: float) -> None:
    assert next_in(bounds(15), Succeeded(gap=gap), middle) == minutes * 60


@pytest.mark.parametrize(("gap", "minutes"), [(60.0, 5), (3600.0, 30), (86_400.0, 60)])
def test_without_a_set_interval_a_quiet_source_waits_up_to_an_hour(gap: float, minutes: float) -> None:
    assert next_in(bounds(None), Succeeded(gap=gap), middle) == minutes * 60


def test_the_operators_bounds_hold_over_rhythm_and_servers_wish() -> None:
    assert next_in(bounds(15, shortest=10), Succeeded(gap=60.0), middle) == 600
    assert next_in(bounds(15, longest=20), Succeeded(fresh=7 * 86_400.0), middle) == 1200
    assert next_in(bounds(15, shortest=30), Succeeded(), middle) == 1800
    assert next_in(bounds(60, longest=10), Succeeded(), middle) == 600


def test_a_servers_wish_lengthens_a_wait_and_never_shortens_it() -> None:
    assert next_in(bounds(None), Succeeded(gap=60.0, fresh=1800.0), middle) == 1800
    assert next_in(bounds(None), Succeeded(gap=3600.0, fresh=60.0), middle) == 1800
    assert next_in(bounds(None), Succeeded(fresh=-5.0), middle) == 900


def test_a_pushed_source_is_asked_every_four_hours_and_longer_where_that_is_wished() -> None:
    assert next_in(bounds(), Succeeded(gap=60.0, pushed=True), middle) == 4 * 3600
    assert next_in(bounds(longest=600), Succeeded(pushed=True), middle) == 600 * 60


def test_new_sources_are_spread_between_the_shortest_wait_and_the_interval() -> None:
    draws = iter((0.5, 0.0, 0.5, 0.5, 0.5, 1.0))
    waits = [next_in(bounds(), Succeeded(first=True), lambda: next(draws)) for _ in range(3)]
    assert waits == [300, 600, 900]


def test_what_is_left_of_a_document_comes_soon() -> None:
    assert next_in(bounds(), Succeeded(unfinished=True, fresh=9_000.0), middle) == 300


def test_no_source_is_polled_twice_a_minute() -> None:
    assert next_in(bounds(1), Succeeded(), lambda: 0.0) == 60


def test_failures_double_the_wait_up_to_a_day_and_never_end_it() -> None:
    waits = [next_in(bounds(), Missed(n), middle) for n in (1, 2, 3, 7, 8, 10_000)]
    assert waits == [900, 1800, 3600, 57_600, 86_400, 86_400]


def test_an_interval_longer_than_a_day_is_not_shortened_by_failing() -> None:
    assert next_in(bounds(3 * 1440), Missed(5), middle) == 3 * 86_400


def test_retry_after_counts_up_to_a_day_and_never_below_the_shortest_wait() -> None:
    assert next_in(bounds(), Held(3600.0), lambda: 0.0) == 3600
    assert next_in(bounds(), Held(5.0), middle) == 300
    assert next_in(bounds(), Held(1e300), lambda: 0.0) == 86_400
    assert [next_in(bounds(), Held(times=n), middle) for n in (1, 2, 9)] == [1800, 3600, 86_400]


def test_who_was_not_asked_for_its_host_rests_is_asked_when_that_ends() -> None:
    assert [next_in(bounds(), Resting(left), lambda: 0.0) for left in (0.0, 20.0, 1e300)] == [1, 20, 86_400]
    assert next_in(bounds(), Resting(20.0), lambda: 1.0) == pytest.approx(22)


def test_what_is_gone_is_not_polled_again() -> None:
    assert next_in(bounds(), Ended(), middle) is None


def test_hours_and_days_that_a_source_leaves_out_are_left_out() -> None:
    assert awake(SUNDAY, Hints(skip_hours=frozenset({12, 13}))) == SUNDAY.replace(hour=14)
    assert awake(SUNDAY, Hints(skip_days=frozenset({6}))) == datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
    assert awake(SUNDAY, Hints(skip_hours=frozenset({3}))) == SUNDAY


def test_a_source_that_leaves_out_all_of_time_is_not_heeded() -> None:
    assert awake(SUNDAY, Hints(skip_hours=frozenset(range(24)), skip_days=frozenset(range(7)))) == SUNDAY


def test_a_mass_of_new_sources_is_spread_over_the_interval() -> None:
    assert [spread(at, 10_000, 900.0) for at in (0, 5_000, 9_999)] == [0.0, 450.0, pytest.approx(899.91)]
    assert spread(40, 50, 900.0) == 0.0
