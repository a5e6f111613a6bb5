"""Has the articles in hand take each step together, one after the other; what the steps are is their owners'."""

from __future__ import annotations

import asyncio


class Together:
    """Gives out turns, by steps: who waits for the same step goes in a row.

    The code and the tables of all steps are more than a processor keeps at hand. Taken article by article, each step
    finds those of the others there, and takes half as long again.
    """

    def __init__(self) -> None:
        self._waiting: dict[int, list[asyncio.Future[None]]] = {}

    def at(self, step: int) -> asyncio.Future[None]:
        """Return what is done when it is the turn of all who wait for this step: within two turns of the loop."""
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._go)
        turn: asyncio.Future[None] = loop.create_future()
        self._waiting.setdefault(step, []).append(turn)
        return turn

    def _go(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for step in sorted(waiting):
            for turn in waiting[step]:
                if not turn.done():
                    turn.set_result(None)
