"""Turns at long work on the loop that also delivers: one at a time, and owners alternate however much one asks for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from starlette.responses import Response

from shared.problems import problem

MOST_WAITING = 16
"""Requests of one owner that wait or are at work; more are refused."""


@dataclass(slots=True)
class _Line:
    count: int = 0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Turns:
    """The turns of one process at one kind of work."""

    def __init__(self) -> None:
        self._at_work = asyncio.Lock()
        self._lines: dict[str | None, _Line] = {}

    @asynccontextmanager
    async def turn(self, owner: str | None) -> AsyncIterator[Response | None]:
        """Wait for an owner's turn, None being the operator; gives the 429 at once when too many of its own wait."""
        line = self._lines.setdefault(owner, _Line())
        if line.count >= MOST_WAITING:
            yield problem(429, f"{MOST_WAITING} requests like this one wait already", headers={"retry-after": "1"})
            return
        line.count += 1
        try:
            # Of each owner one at the most waits for the others: their locks are fair.
            async with line.lock, self._at_work:
                yield None
        finally:
            line.count -= 1
            if not line.count:
                del self._lines[owner]
