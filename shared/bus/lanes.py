"""Order within a process: events of one key one after the other, different keys side by side."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from shared.events import ArticleEvent

SLICE = 0.005
"""Seconds that one worker may keep the loop busy with handlers that never wait."""


_ALONE: deque[Entry] = deque(maxlen=0)


@dataclass(slots=True, eq=False)
class Entry:
    """One stream entry in hand: its id, body, event, how many tries it had before, and what became of it."""

    id: bytes
    data: bytes
    event: ArticleEvent
    key: str
    tries: int = 0
    lost: bool = False
    """Somebody else has it now, so that it is not to be begun."""
    emits: bytes = b""
    told: Mapping[str, object] = field(default_factory=dict)
    seconds: float = 0.0


def _order(entry: Entry) -> int:
    return entry.event.order


class Lanes:
    """Hands entries to a fixed set of workers; the next of a key starts when the one before is released."""

    def __init__(self, workers: int, handle: Callable[[Entry], Awaitable[None]]) -> None:
        self._handle = handle
        self._workers = workers
        self._ready: deque[Entry] = deque()
        self._lanes: dict[str, deque[Entry]] = {}
        """What waits behind the head of a key; most heads are alone, and share one empty lane."""
        self._idle: list[asyncio.Future[None]] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._woken = 0
        self._active = 0

    def start(self) -> None:
        """Start the workers."""
        self._tasks = [asyncio.create_task(self._work()) for _ in range(self._workers)]

    async def stop(self) -> None:
        """Cancel the workers and empty the lanes; what they held stays with the caller."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        self._idle.clear()
        self._ready.clear()
        self._lanes.clear()

    @property
    def busy(self) -> bool:
        """Tell whether anything is being handled or could be at once; what waits for later does not count."""
        return bool(self._ready) or self._active > 0

    def put(self, entry: Entry) -> None:
        """Queue an entry behind those of its key."""
        lane = self._lanes.get(entry.key)
        if lane is None:
            self._lanes[entry.key] = _ALONE
            self.again(entry)
        elif lane is _ALONE:
            self._lanes[entry.key] = deque((entry,))
        else:
            lane.append(entry)

    def again(self, entry: Entry) -> None:
        """Hand the head of a lane to a worker once more."""
        self._ready.append(entry)
        if not self._woken:
            self._wake(1)

    def release(self, entry: Entry) -> None:
        """Let the next entry of this key start."""
        lane = self._lanes[entry.key]
        if lane:
            self.again(lane.popleft())
        else:
            del self._lanes[entry.key]

    def give_way(self, entry: Entry) -> bool:
        """Let an older event of the same article go before the head of their lane; False when there is none.

        What a consumer that died had in hand comes back behind what was read since: a version that waits for its
        elder would otherwise stand in its way.
        """
        lane = self._lanes[entry.key]
        elder = min(lane, key=_order, default=entry)
        if _order(elder) >= _order(entry):
            return False
        lane.remove(elder)
        lane.appendleft(entry)
        self.again(elder)
        return True

    def _wake(self, count: int) -> None:
        """Wake some workers, and look again after they ran.

        Handlers that never wait are all done by the first worker, without a switch of tasks each; when entries
        are left because it waits, twice as many are woken, until all work.
        """
        self._woken = min(count, len(self._idle))
        for _ in range(self._woken):
            self._idle.pop().set_result(None)
        if self._woken:
            asyncio.get_running_loop().call_soon(self._look)

    def _look(self) -> None:
        count, self._woken = self._woken, 0
        if self._ready:
            self._wake(2 * count)

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            if not self._ready:
                turn = loop.create_future()
                self._idle.append(turn)
                await turn
            until = time.perf_counter() + SLICE
            while self._ready:
                self._active += 1
                try:
                    await self._handle(self._ready.popleft())
                finally:
                    self._active -= 1
                if time.perf_counter() > until:
                    await asyncio.sleep(0)
                    until = time.perf_counter() + SLICE
