"""Samples of the line: each is one look, taken by one process for all, and only the latest half hour is kept."""

from __future__ import annotations

from services.syndication.console.line import KEPT, SPAN, TURN, Line, Sample
from shared.redis import Store


class Counted:
    """A clock, and a line that grows by one with each look."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def depth(self) -> int:
        return int(self.now)

    async def dead(self) -> int:
        return 2


def a_line(store: Store, counted: Counted) -> Line:
    depths = {"article.ingested": counted.depth, "article.enriched": counted.dead}
    return Line(store, depths, counted.depth, counted.dead, counted)


async def sampled(line: Line, counted: Counted, store: Store, seconds: float = 5) -> None:
    """Take a sample some seconds after the last."""
    counted.now += seconds
    await store.do("DEL", TURN)
    await line.sample()


async def test_a_sample_is_what_was_there_and_every_process_has_it(store: Store) -> None:
    counted = Counted()
    line = a_line(store, counted)
    for _ in range(2):
        await sampled(line, counted, store)
    wanted = [
        Sample(5, {"article.ingested": 5, "article.enriched": 2}, 5, 2),
        Sample(10, {"article.ingested": 10, "article.enriched": 2}, 10, 2),
    ]
    assert await line.samples() == wanted
    assert await a_line(store, counted).samples() == wanted
    assert await line.now() == wanted[-1]


async def test_of_many_processes_one_takes_it(store: Store) -> None:
    counted = Counted()
    for _ in range(3):
        await a_line(store, counted).sample()
    assert len(await a_line(store, counted).samples()) == 1
    assert 0 < await store.do("PTTL", TURN) < 5_000


async def test_only_the_latest_are_kept_and_none_from_before_a_pause(store: Store) -> None:
    counted = Counted()
    line = a_line(store, counted)
    for _ in range(KEPT + 3):
        await sampled(line, counted, store)
    assert (len(await line.samples()), (await line.samples())[0].at) == (KEPT, 20)
    await sampled(line, counted, store, SPAN)
    assert len(await line.samples()) == 1
