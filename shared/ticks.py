"""Loops that run a coroutine again and again until stopped, and survive what it raises."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from shared.redis import RedisError, is_passing

log = structlog.get_logger()

CANCEL_AGAIN = 0.2


class Tick:
    """Runs `work` every `seconds`, or sooner when woken; a failure is logged and tried again.

    `work` may return the seconds until it wants to run next, which may be fewer than `seconds`.
    """

    def __init__(self, name: str, seconds: float, work: Callable[[], Awaitable[float | None]]) -> None:
        self.name, self.seconds, self.work = name, seconds, work
        self.failed: str | None = None
        self._woken = asyncio.Event()
        self._stopped = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin; the first run is at once."""
        self._stopped = False
        self._task = asyncio.create_task(self._run(), name=self.name)

    def wake(self) -> None:
        """Run now, or once more right after the run under way."""
        self._woken.set()

    def well(self) -> None:
        """Take note that the work succeeds; for work that goes on for long before it returns, if it ever does."""
        if self.failed is not None:
            self.failed = None
            log.debug("loop.recovered", loop=self.name)

    async def stop(self) -> None:
        """Cancel what is under way and wait until it is gone.

        Cancelled again until it is: a cancellation that comes as a time limit ends can be lost in it.
        """
        self._stopped = True
        while self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.wait((self._task,), timeout=CANCEL_AGAIN)
        self._task = None

    @property
    def running(self) -> bool:
        """Tell whether the loop is alive; it ends only by `stop`."""
        return self._task is not None and not self._task.done()

    async def _run(self) -> None:
        while not self._stopped:
            self._woken.clear()
            wait = await self._once()
            if not wait:
                await asyncio.sleep(0)
                continue
            try:
                async with asyncio.timeout(wait):
                    await self._woken.wait()
            except TimeoutError:
                continue

    async def _once(self) -> float:
        try:
            asked = await self.work()
        except Exception as error:  # noqa: BLE001  # a loop that dies of one bad turn stops the line
            self._tell(error)
            return self.seconds
        self.well()
        return self.seconds if asked is None else max(0.0, min(asked, self.seconds))

    def _tell(self, error: Exception) -> None:
        reason = f"{type(error).__name__}: {error}"
        if reason != self.failed:
            # A server that is away is told of once, by the store: here it would be said for every loop.
            tell = log.debug if isinstance(error, OSError | RedisError) and is_passing(error) else log.warning
            tell("loop.failed", loop=self.name, error=reason)
        self.failed = reason
