"""Owners alternate at long work, one at a time; who asks for too much at once is refused."""

from __future__ import annotations

import asyncio

from services.syndication.webhooks.api.turns import MOST_WAITING, Turns


async def test_one_works_at_a_time_and_who_asks_much_waits_behind_itself() -> None:
    turns, done, at_work = Turns(), list[str](), 0

    async def work(owner: str) -> None:
        nonlocal at_work
        async with turns.turn(owner) as refused:
            assert refused is None
            at_work += 1
            assert at_work == 1
            await asyncio.sleep(0)
            at_work -= 1
            done.append(owner)

    await asyncio.gather(*(work(owner) for owner in "aaaaabc"))
    assert done == ["a", "b", "c", "a", "a", "a", "a"]


async def test_too_many_of_one_owner_are_refused_and_nobody_elses() -> None:
    turns, go_on = Turns(), asyncio.Event()

    async def wait() -> None:
        async with turns.turn("a"):
            await go_on.wait()

    waiting = [asyncio.create_task(wait()) for _ in range(MOST_WAITING)]
    await asyncio.sleep(0)
    async with turns.turn("a") as refused:
        assert refused is not None
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    waiting.append(asyncio.create_task(wait_for(turns, None)))
    go_on.set()
    await asyncio.gather(*waiting)
    async with turns.turn("a") as refused:
        assert refused is None


async def wait_for(turns: Turns, owner: str | None) -> None:
    async with turns.turn(owner) as refused:
        assert refused is None
