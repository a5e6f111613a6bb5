"""Gives requests their turns at each host: few at once, some time apart, none while it asks for patience."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from shared.redis import RedisError, Script, Store

AT_ONCE = 2
SPACING_SECONDS = 0.5
LONGEST_WAIT = 30.0
LONGEST_HOLD = 86_400.0

TURN = Script("""
local now, spacing, longest = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local held = tonumber(redis.call('GET', KEYS[1]) or '0') - now
if held > 0 then return {'held', tostring(held)} end
local at = math.max(now, tonumber(redis.call('GET', KEYS[2]) or '0'))
if at - now > longest then return {'late', tostring(at - now)} end
if spacing > 0 then
  redis.call('SET', KEYS[2], string.format('%.3f', at + spacing), 'PX', math.ceil((at + spacing - now) * 1000))
end
return {'turn', tostring(at - now)}
""")


@dataclass(frozen=True, slots=True)
class Later:
    """The host is not to be asked now; `seconds` is how long it will stay so."""

    seconds: float


@dataclass
class _Host:
    slots: asyncio.Semaphore
    users: int = 0


def host_of(url: str) -> str:
    """Return host and port of a URL, which is what turns go by; empty when it has none."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        return f"{parts.hostname}:{port}" if parts.hostname else ""
    except ValueError:
        return ""


class Turns:
    """The turns at all hosts.

    Spacing and patience are kept in the store, so that they hold for all processes together; how many ask at
    once is counted in each process. Without the store a host still sees no more than that at once.
    """

    def __init__(
        self,
        store: Store,
        now: Callable[[], datetime],
        *,
        spacing: float = SPACING_SECONDS,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._store, self._now, self._spacing, self._sleep = store, now, spacing, sleep
        self._hosts: dict[str, _Host] = {}

    def crowded(self, host: str) -> bool:
        """Tell whether as many of this process ask a host, or wait to, as may ask at once."""
        return host in self._hosts and self._hosts[host].users >= AT_ONCE

    @asynccontextmanager
    async def at(self, host: str) -> AsyncIterator[Later | None]:
        """Wait for a turn at a host and keep it; gives Later instead when it would take too long."""
        entry = self._hosts.setdefault(host, _Host(asyncio.Semaphore(AT_ONCE)))
        entry.users += 1
        try:
            try:
                async with asyncio.timeout(LONGEST_WAIT):
                    await entry.slots.acquire()
            except TimeoutError:
                yield Later(LONGEST_WAIT)
                return
            try:
                yield await self._turn(host)
            finally:
                entry.slots.release()
        finally:
            entry.users -= 1
            if not entry.users:
                del self._hosts[host]

    async def hold(self, host: str, seconds: float) -> float:
        """Leave a host alone for so long, a day at most; return how long that is."""
        wait = min(seconds, LONGEST_HOLD)
        until = self._now().timestamp() + wait
        try:
            await self._store.do("SET", _held(host), f"{until:.3f}", "PX", max(1, int(wait * 1000)))
        except RedisError:
            return wait
        return wait

    async def _turn(self, host: str) -> Later | None:
        args = (f"{self._now().timestamp():.3f}", self._spacing, LONGEST_WAIT)
        try:
            said, seconds = await self._store.run(TURN, keys=[_held(host), f"{{host:{host}}}:turn"], args=args)
        except RedisError:
            return None
        if said != b"turn":
            return Later(float(seconds))
        if float(seconds) > 0:
            await self._sleep(float(seconds))
        return None


def _held(host: str) -> str:
    return f"{{host:{host}}}:held"
