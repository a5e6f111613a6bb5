"""Cuts off what runs too long, by one sweep over all that runs instead of a timer for each."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar, cast

Answer = TypeVar("Answer")

SWEEPS = 8
"""Sweeps in one deadline's time: work is cut off at most an eighth of it late."""


class Deadlines:
    """Runs awaitables with `seconds` each; past that, TimeoutError is raised as asyncio.timeout would."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._since: dict[asyncio.Task[Any], float] = {}
        self._overdue: set[asyncio.Task[Any]] = set()
        self._timer: asyncio.TimerHandle | None = None

    async def within(self, work: Awaitable[Answer]) -> Answer:
        """Await `work` in the current task, one at a time per task; raises TimeoutError when it is late."""
        task = cast("asyncio.Task[Any]", asyncio.current_task())
        if self._timer is None:
            self._plan()
        self._since[task] = asyncio.get_running_loop().time()
        try:
            return await work
        except asyncio.CancelledError:
            # A second cancellation is somebody else's, who wants the task to end.
            if task in self._overdue and task.cancelling() == 1:
                raise TimeoutError(f"not done within {self._seconds:g} s") from None
            raise
        finally:
            del self._since[task]
            if task in self._overdue:
                self._overdue.discard(task)
                task.uncancel()

    def stop(self) -> None:
        """Sweep no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _plan(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._seconds / SWEEPS, self._sweep)

    def _sweep(self) -> None:
        latest = asyncio.get_running_loop().time() - self._seconds
        for task, since in self._since.items():
            if since <= latest and task not in self._overdue:
                self._overdue.add(task)
                task.cancel()
        self._timer = None
        if self._since:
            self._plan()
