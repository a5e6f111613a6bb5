"""Gives requests their turns at each host: few at once, some time apart, none while it asks for patience."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from urllib.parse import urlsplit
from uuid import uuid4

from shared.redis import RedisError, Script, Store

AT_ONCE = 2
SPACING_SECONDS = 0.5
LONGEST_WAIT = 30.0
LONGEST_HOLD = 86_400.0

LONGEST_ASKING = 30.0
"""A place at a host whose process died is free again after so long: no request takes longer."""

LOOK_AGAIN = 0.25
"""Seconds until one who found all places of a host taken looks again."""

TURN = Script("""
local now, spacing, longest = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local held = tonumber(redis.call('GET', KEYS[1]) or '0') - now
if held > 0 then return {'held', tostring(held)} end
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now)
if redis.call('ZCARD', KEYS[3]) >= tonumber(ARGV[4]) then return {'full', '0'} end
local at = math.max(now, tonumber(redis.call('GET', KEYS[2]) or '0'))
if at - now > longest then return {'late', tostring(at - now)} end
if spacing > 0 then
  redis.call('SET', KEYS[2], string.format('%.3f', at + spacing), 'PX', math.ceil((at + spacing - now) * 1000))
end
local ends = at + tonumber(ARGV[6])
redis.call('ZADD', KEYS[3], string.format('%.3f', ends), ARGV[5])
redis.call('PEXPIRE', KEYS[3], math.ceil((ends - now) * 1000) + 1000)
return {'turn', tostring(at - now)}
""")
"""Keys: patience, turns, places. Arguments: now, spacing, longest wait, places, our name, how long a place lasts.

A place is taken with the turn, and kept until it is given back or lasts no longer.
"""


@dataclass(frozen=True, slots=True)
class Later:
    """The host is not to be asked now; `seconds` is how long it will stay so, `held` whether it asked for that."""

    seconds: float
    held: bool = field(default=False, compare=False)


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

    Spacing, patience and places are kept in the store, so that they hold for all processes together. Without the
    store a host still sees no more than its places from each process.
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
        self._names = (f"{prefix}:{number}" for prefix in (uuid4().hex,) for number in count())

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
            name = next(self._names)
            try:
                yield await self._turn(host, name)
            finally:
                entry.slots.release()
                await self._leave(host, name)
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

    async def _turn(self, host: str, name: str) -> Later | None:
        """Wait for a place and a turn, of which all processes have a few together."""
        looked = 0.0
        while (answer := await self._asked(host, name)) is not None:
            said, seconds = answer
            if said == b"turn":
                if seconds > 0:
                    await self._sleep(seconds)
                return None
            if said != b"full":
                return Later(seconds, held=said == b"held")
            if looked >= LONGEST_WAIT:
                return Later(LONGEST_WAIT)
            await self._sleep(LOOK_AGAIN)
            looked += LOOK_AGAIN
        return None

    async def _asked(self, host: str, name: str) -> tuple[bytes, float] | None:
        now = f"{self._now().timestamp():.3f}"
        args = (now, self._spacing, LONGEST_WAIT, AT_ONCE, name, LONGEST_ASKING)
        keys = [_held(host), f"{{host:{host}}}:turn", _places(host)]
        try:
            said, seconds = await self._store.run(TURN, keys=keys, args=args)
        except RedisError:
            return None
        return said, float(seconds)

    async def _leave(self, host: str, name: str) -> None:
        with suppress(RedisError):  # the place is free again by itself
            await self._store.do("ZREM", _places(host), name)


def _held(host: str) -> str:
    return f"{{host:{host}}}:held"


def _places(host: str) -> str:
    return f"{{host:{host}}}:places"
