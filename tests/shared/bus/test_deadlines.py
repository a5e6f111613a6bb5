from __future__ import annotations

import asyncio

import pytest

from shared.bus.deadlines import Deadlines


async def test_work_in_time_gives_its_answer() -> None:
    async def work() -> int:
        await asyncio.sleep(0)
        return 7

    deadlines = Deadlines(5)
    assert await deadlines.within(work()) == 7
    deadlines.stop()


async def test_work_past_its_time_is_cut_off_with_timeout_error_and_the_task_goes_on() -> None:
    deadlines = Deadlines(0.02)
    with pytest.raises(TimeoutError, match=r"0\.02 s"):
        await deadlines.within(asyncio.Event().wait())
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await asyncio.Event().wait()


async def test_work_that_swallows_the_cut_leaves_no_cancellation_behind() -> None:
    async def stubborn() -> str:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return "done all the same"
        return ""

    deadlines = Deadlines(0.02)
    assert await deadlines.within(stubborn()) == "done all the same"
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_a_cancellation_from_outside_stays_a_cancellation() -> None:
    deadlines = Deadlines(60)
    task = asyncio.create_task(deadlines.within(asyncio.Event().wait()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    deadlines.stop()


async def test_an_inner_timeout_of_the_work_is_its_own() -> None:
    async def work() -> str:
        try:
            async with asyncio.timeout(0.01):
                await asyncio.Event().wait()
        except TimeoutError:
            return "its own"
        return ""

    deadlines = Deadlines(5)
    assert await deadlines.within(work()) == "its own"
    deadlines.stop()
