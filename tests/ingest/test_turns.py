"""Whose turn it is at a host, over several processes, and when the store is away."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from services.ingest.turns import AT_ONCE, LONGEST_ASKING, LONGEST_HOLD, LONGEST_WAIT, Later, Turns, host_of
from shared.redis import Store, connect
from tests.ingest.parts import Clock
from tests.waiting import until


class Slept:
    """Sleeps by moving the clock."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.naps: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.naps.append(round(seconds, 3))
        self.clock.forward(seconds)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://News.example/rss", "news.example:443"),
        ("http://news.example/rss", "news.example:80"),
        ("http://news.example:8080/", "news.example:8080"),
        ("http://[::1", ""),
        ("mailto:x", ""),
    ],
)
def test_turns_go_by_host_and_port(url: str, host: str) -> None:
    assert host_of(url) == host


async def test_requests_to_one_host_are_spaced_also_over_two_processes(store: Store) -> None:
    clock = Clock()
    nap = Slept(clock)
    for turns in (Turns(store, clock, sleep=nap), Turns(store, clock, sleep=nap), Turns(store, clock, sleep=nap)):
        async with turns.at("a:80") as turn:
            assert turn is None
    async with turns.at("b:80") as turn:
        assert turn is None
    assert nap.naps == [0.5, 0.5]


async def test_no_more_than_two_of_a_process_ask_a_host_at_once(store: Store) -> None:
    turns, gate, inside = Turns(store, Clock(), spacing=0), asyncio.Event(), 0
    most = 0

    async def visit() -> None:
        nonlocal inside, most
        async with turns.at("a:80"):
            inside += 1
            most = max(most, inside)
            await gate.wait()
            inside -= 1

    tasks = [asyncio.create_task(visit()) for _ in range(5)]
    await until(lambda: inside == AT_ONCE and turns.crowded("a:80"))
    assert not turns.crowded("b:80")
    gate.set()
    await asyncio.gather(*tasks)
    assert most == AT_ONCE
    assert not turns.crowded("a:80")


async def test_no_more_than_two_ask_a_host_at_once_over_all_processes(store: Store) -> None:
    nap = Slept(Clock())  # the clock that turns go by stands still, or the places would be free again
    one, other, third = (Turns(store, Clock(), spacing=0, sleep=nap) for _ in range(3))
    async with one.at("a:80") as first, other.at("a:80") as second:
        assert (first, second) == (None, None)
        async with third.at("a:80") as turn:
            assert isinstance(turn, Later)
        assert sum(nap.naps) == LONGEST_WAIT
        async with third.at("b:80") as turn:
            assert turn is None
    async with third.at("a:80") as turn:
        assert turn is None


async def test_who_waits_for_a_place_has_it_once_another_process_gives_one_back(store: Store) -> None:
    one, other = Turns(store, Clock(), spacing=0), Turns(store, Clock(), spacing=0, sleep=lambda _: asyncio.sleep(0))
    gate, done = asyncio.Event(), asyncio.Event()

    async def visit() -> None:
        async with one.at("a:80"):
            await gate.wait()

    async def late() -> None:
        async with other.at("a:80") as turn:
            assert turn is None
            done.set()

    tasks = [asyncio.create_task(visit()) for _ in range(2)]
    await until(lambda: one.crowded("a:80"))
    tasks.append(asyncio.create_task(late()))
    await asyncio.sleep(0)
    assert not done.is_set()
    gate.set()
    await asyncio.gather(*tasks)
    assert done.is_set()


async def test_the_place_of_a_process_that_died_is_free_again(store: Store) -> None:
    clock = Clock()
    for number in range(AT_ONCE):  # as a killed process leaves them
        await store.do("ZADD", "{host:a:80}:places", clock().timestamp() + LONGEST_ASKING - number, f"dead:{number}")
    nap = Slept(clock)
    async with Turns(store, clock, spacing=0, sleep=nap).at("a:80") as turn:
        assert turn is None
    assert LONGEST_ASKING - AT_ONCE < sum(nap.naps) <= LONGEST_ASKING


async def test_a_host_that_asks_for_patience_gets_it_from_all_processes_and_its_ports_are_apart(store: Store) -> None:
    clock = Clock()
    await Turns(store, clock).hold("a:80", 600.0)
    other = Turns(store, clock, spacing=0)
    async with other.at("a:80") as turn:
        assert turn == Later(600.0)
    async with other.at("a:8080") as turn:
        assert turn is None
    clock.forward(601)
    async with other.at("a:80") as turn:
        assert turn is None


async def test_patience_ends_after_a_day_whatever_the_host_says(store: Store) -> None:
    turns = Turns(store, Clock())
    assert await turns.hold("a:80", 1e300) == LONGEST_HOLD
    assert 0 < await store.do("PTTL", "{host:a:80}:held") <= LONGEST_HOLD * 1000


async def test_who_would_wait_too_long_is_sent_away(store: Store) -> None:
    clock = Clock()

    async def no_nap(_: float) -> None:
        """Let the turns pile up."""

    turns = Turns(store, clock, spacing=10.0, sleep=no_nap)
    said = []
    for _ in range(6):
        async with turns.at("a:80") as turn:
            said.append(turn)
    assert said[:4] == [None] * 4
    assert isinstance(said[4], Later)
    assert said[4].seconds > LONGEST_WAIT


async def test_without_the_store_hosts_are_still_not_flooded(short_dir: Path) -> None:
    store = Store(connect(f"unix://{short_dir}/none.sock"))
    turns = Turns(store, Clock())
    async with turns.at("a:80") as turn:
        assert turn is None
    assert await turns.hold("a:80", 60.0) == 60.0
    await store.close()


async def test_a_turn_that_ends_in_an_error_is_given_back(store: Store) -> None:
    turns = Turns(store, Clock(), spacing=0)
    for _ in range(2 * AT_ONCE):
        with pytest.raises(RuntimeError):
            async with turns.at("a:80"):
                raise RuntimeError
    assert not turns.crowded("a:80")
