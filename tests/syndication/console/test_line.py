"""Samples of the line: each is one look, and only the latest half hour is kept."""

from __future__ import annotations

from services.syndication.console.line import KEPT, Line, Sample


class Counted:
    """A clock, and a line that grows by one with each look."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 5
        return self.now

    async def depth(self) -> int:
        return int(self.now)

    async def dead(self) -> int:
        return 2


async def test_a_sample_is_what_was_there() -> None:
    counted = Counted()
    line = Line(
        {"article.ingested": counted.depth, "article.enriched": counted.dead}, counted.depth, counted.dead, counted
    )
    await line.sample()
    await line.sample()
    assert line.samples == [
        Sample(5, {"article.ingested": 0, "article.enriched": 2}, 0, 2),
        Sample(10, {"article.ingested": 5, "article.enriched": 2}, 5, 2),
    ]


async def test_only_the_latest_are_kept() -> None:
    counted = Counted()
    line = Line({}, counted.depth, counted.dead, counted)
    for _ in range(KEPT + 3):
        await line.sample()
    assert (len(line.samples), line.samples[0].at) == (KEPT, 20)
