"""How much fits: what is slow gives its place to another, and who waits for room has it as soon as it is there."""

from __future__ import annotations

import asyncio

from services.syndication.webhooks.flights import Flights
from services.syndication.webhooks.lane import RENEW_SECONDS, SLOW_CAP, SLOW_SECONDS, Flight, Lane
from services.syndication.webhooks.lane_replies import Delivery
from services.syndication.webhooks.lanes import NO_CAP
from tests.waiting import PATIENCE

LONG = 60.0


def a_flight(flights: Flights, lane: Lane, seq: int = 1, now: float = 0.0) -> Flight:
    flight = Flight((Delivery(lane.subscription, seq, 1, 0, None, "article.published", "a", 1, b"[]"),), now, now)
    flights.add(lane, flight)
    return flight


async def waits(flights: Flights, count: int) -> asyncio.Task[None]:
    """Begin to wait for room, and return when it does."""
    task = asyncio.create_task(flights.fit(count, LONG))
    await asyncio.sleep(0)
    assert not task.done()
    return task


async def test_who_waits_for_room_has_it_once_enough_have_landed() -> None:
    flights, lane = Flights(3), Lane("s")
    first, second, _ = (a_flight(flights, lane, seq) for seq in (1, 2, 3))
    assert flights.room == 0
    waiting = await waits(flights, 2)
    flights.land(lane, first)
    await asyncio.sleep(0)
    assert not waiting.done()
    flights.land(lane, second)
    await asyncio.wait_for(waiting, PATIENCE)
    assert (flights.room, [*lane.flights]) == (2, [3])


async def test_nobody_waits_for_room_beyond_the_time_allowed() -> None:
    flights = Flights(1)
    a_flight(flights, Lane("s"))
    await flights.fit(1, 0.01)
    assert flights.room == 0


async def test_what_has_grown_slow_gives_its_place_and_slows_its_lane() -> None:
    flights, lane = Flights(1), Lane("s")
    flight = a_flight(flights, lane)
    waiting = await waits(flights, 1)
    assert not flights.grown_slow(SLOW_SECONDS - 0.1)
    assert flights.grown_slow(SLOW_SECONDS)
    await asyncio.wait_for(waiting, PATIENCE)
    assert (flights.room, lane.slow) == (1, 1)
    assert not flights.grown_slow(SLOW_SECONDS + 1)
    flights.land(lane, flight)
    flights.land(lane, flight)
    assert (flights.room, lane.slow, len(flights)) == (1, 0, 0)


async def test_a_lane_stays_slow_after_what_was_slow_until_something_ends_in_good_time() -> None:
    flights, lane = Flights(), Lane("s")
    hung = a_flight(flights, lane)
    flights.grown_slow(SLOW_SECONDS)
    flights.land(lane, hung)
    assert lane.cap == SLOW_CAP
    flights.land(lane, a_flight(flights, lane))
    assert lane.cap == NO_CAP


async def test_leases_are_renewed_of_what_is_long_under_way() -> None:
    flights, old, new = Flights(), Lane("old"), Lane("new")
    a_flight(flights, old)
    a_flight(flights, new, now=1.0)
    assert flights.to_renew(RENEW_SECONDS) == {old}


async def test_the_same_entry_come_back_takes_the_place_of_the_one_given_up() -> None:
    flights, lane = Flights(4), Lane("s")
    before = a_flight(flights, lane)
    again = a_flight(flights, lane)
    assert (flights.room, lane.flights) == (3, {1: again})
    flights.land(lane, before)
    assert (flights.room, lane.flights) == (3, {1: again})


async def test_nothing_fits_once_it_is_closed() -> None:
    flights = Flights(4)
    flights.closed = True
    assert flights.room == 0
