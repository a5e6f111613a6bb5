"""Waits on a condition with a deadline, so that no test sleeps and hopes."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable

STEP = 0.005
PATIENCE = 100.0
"""Seconds that a test waits for what must come: only a failure takes so long, and a busy machine is slow, not wrong."""

ENOUGH = 2.0
"""Seconds that are waited to their end for what must not come, and in which what must come before it does."""


async def until(
    condition: Callable[[], object | Awaitable[object]], seconds: float = PATIENCE, step: float = STEP
) -> None:
    """Return once `condition`, plain or async, is true; raises TimeoutError with its source when too late."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if inspect.isawaitable(answer):
            answer = await answer
        if answer:
            return
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds:g} s: {_source(condition)}")
        await asyncio.sleep(step)


def _source(condition: Callable[[], object]) -> str:
    try:
        return " ".join(inspect.getsource(condition).split())
    except (OSError, TypeError):
        return repr(condition)
