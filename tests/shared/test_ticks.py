from __future__ import annotations

import asyncio
import contextlib

from shared.ticks import Tick
from tests.waiting import PATIENCE, until


class _Work:
    def __init__(self, *answers: float | Exception | None) -> None:
        self.runs = 0
        self.answers = answers

    async def __call__(self) -> float | None:
        answer = self.answers[self.runs] if self.runs < len(self.answers) else None
        self.runs += 1
        if isinstance(answer, Exception):
            raise answer
        return answer


async def test_work_runs_at_once_and_again_after_its_interval() -> None:
    work = _Work()
    tick = Tick("t", 0.01, work)
    tick.start()
    await until(lambda: work.runs >= 4)
    await tick.stop()


async def test_a_failure_is_told_and_the_loop_goes_on() -> None:
    work = _Work(ValueError("broken"))
    tick = Tick("t", 0.05, work)
    tick.start()
    await until(lambda: tick.failed == "ValueError: broken")
    assert tick.running
    await until(lambda: work.runs > 1 and tick.failed is None)
    await tick.stop()


async def test_work_may_ask_to_run_sooner_but_not_later() -> None:
    work = _Work(0.0, 0.0, 3600.0)
    tick = Tick("t", 0.02, work)
    tick.start()
    await until(lambda: work.runs >= 5)
    await tick.stop()


async def test_waking_runs_now_and_a_wake_during_a_run_is_not_lost() -> None:
    runs = 0
    go = asyncio.Event()

    async def work() -> None:
        nonlocal runs
        runs += 1
        await go.wait()

    tick = Tick("t", 3600, work)
    tick.start()
    await until(lambda: runs == 1)
    tick.wake()
    go.set()
    await until(lambda: runs == 2)
    tick.wake()
    await until(lambda: runs == 3)
    await tick.stop()


async def test_a_stop_cancels_what_is_under_way_and_can_be_repeated() -> None:
    begun = asyncio.Event()

    async def work() -> None:
        begun.set()
        await asyncio.Event().wait()

    tick = Tick("t", 3600, work)
    tick.start()
    await begun.wait()
    await tick.stop()
    await tick.stop()
    assert not tick.running


async def test_work_that_goes_on_for_long_can_say_that_it_is_well() -> None:
    turns: list[int] = []

    async def work() -> None:
        turns.append(len(turns))
        if len(turns) == 1:
            raise ConnectionError("away")
        tick.well()
        await asyncio.Event().wait()

    tick = Tick("long", 0.1, work)
    tick.start()
    await until(lambda: tick.failed)
    await until(lambda: len(turns) == 2 and tick.failed is None)
    await tick.stop()


async def test_a_loop_that_never_pauses_can_be_stopped() -> None:
    async def work() -> float:
        async with asyncio.timeout(0.0001):
            with contextlib.suppress(TimeoutError):
                await asyncio.Event().wait()
        return 0.0

    ticks = [Tick(str(number), 1.0, work) for number in range(50)]
    for tick in ticks:
        tick.start()
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*(tick.stop() for tick in ticks))
    assert not any(tick.running for tick in ticks)
