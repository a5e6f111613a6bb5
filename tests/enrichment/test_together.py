"""Those who wait for one step go in a row, earlier steps first, and nobody waits for the others to come."""

from __future__ import annotations

import asyncio

from services.enrichment.together import Together
from tests.waiting import PATIENCE


async def test_who_waits_for_the_same_step_goes_in_a_row() -> None:
    together, took = Together(), list[tuple[int, str]]()

    async def one(name: str, first: int) -> None:
        for step in range(first, 4):
            await together.at(step)
            took.append((step, name))

    await asyncio.gather(one("a", 0), one("b", 2), one("c", 0), one("d", 2))
    assert took == [
        *((0, name) for name in "ac"),
        *((2, name) for name in "bd"),
        *((1, name) for name in "ac"),
        *((3, name) for name in "bd"),
        *((step, name) for step in (2, 3) for name in "ac"),
    ]


async def test_one_alone_waits_for_nobody() -> None:
    together = Together()
    for step in range(5):
        async with asyncio.timeout(PATIENCE):
            await together.at(step)


async def test_one_that_is_cut_off_holds_nobody_up() -> None:
    together = Together()
    gone = asyncio.ensure_future(together.at(0))
    stays = asyncio.ensure_future(together.at(0))
    gone.cancel()
    async with asyncio.timeout(PATIENCE):
        await stays
