"""Remembers which files were taken, over restarts and between processes; one process looks at a time."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from uuid import uuid4

from shared.redis import Script, Store

TAKEN = "drop:taken"
"""Hash: file name -> `<digest> <stamp>` of what was last taken or refused."""

ABSENT = "drop:absent"
"""Sorted set: name of a file that is remembered and no longer there -> when that was first seen."""

LOCK = "drop:lock"
LEASE_MS = 15_000
PAGE = 1_000
KEPT_SECONDS = 30 * 86_400
"""A file that was away for less is known again when it comes back, as one from a disk that was not mounted."""

KEEP = Script("""
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
""")

RELEASE = Script("""
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What of a file is done with: its content by `digest`, its look by `stamp`."""

    digest: str
    stamp: str = ""


class Memory:
    """Which content of which file is done with.

    Two processes that took the files of one folder side by side would turn an old file and its update into
    four versions: hence the lock.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._token = uuid4().hex

    async def lock(self) -> bool:
        """Take the folder for 15 seconds, or go on holding it; False while another process has it."""
        if await self._store.run(KEEP, keys=[LOCK], args=[self._token, LEASE_MS]):
            return True
        return bool(await self._store.do("SET", LOCK, self._token, "NX", "PX", LEASE_MS))

    async def release(self) -> None:
        """Let others have the folder."""
        await self._store.run(RELEASE, keys=[LOCK], args=[self._token])

    async def taken(self, names: Sequence[str]) -> dict[str, Taken]:
        """Return what is remembered of each file of which something is."""
        found: dict[str, Taken] = {}
        for at in range(0, len(names), PAGE):
            page = names[at : at + PAGE]
            values = await self._store.do("HMGET", TAKEN, *page)
            found |= {name: _read(value) for name, value in zip(page, values, strict=True) if value is not None}
        return found

    async def take(self, name: str, taken: Taken) -> None:
        """Note what of a file is done with."""
        await self._store.do("HSET", TAKEN, name, f"{taken.digest} {taken.stamp}".rstrip())

    async def sweep(self, present: Container[str], now: float) -> int:
        """Forget the files that were away for 30 days; return how many. To be called once in a while."""
        cursor = 0
        while True:
            cursor, page = await self._store.do("HSCAN", TAKEN, cursor, "COUNT", PAGE)
            names = [name.decode() for name in page]
            away = [name for name in names if name not in present]
            if away:
                await self._store.do("ZADD", ABSENT, "NX", *(part for name in away for part in (now, name)))
            if back := [name for name in names if name in present]:
                await self._store.do("ZREM", ABSENT, *back)
            if cursor == 0:
                return await self._forget(now - KEPT_SECONDS)

    async def _forget(self, before: float) -> int:
        count = 0
        while names := await self._store.do("ZRANGEBYSCORE", ABSENT, "-inf", before, "LIMIT", 0, PAGE):
            await self._store.do("HDEL", TAKEN, *names)
            await self._store.do("ZREM", ABSENT, *names)
            count += len(names)
        return count


def _read(value: bytes) -> Taken:
    digest, stamp, held_back = [*value.decode().split(" "), "", ""][:3]
    # An earlier program held stories back here until their embargo ended: such a file is read once more.
    return Taken(digest="" if held_back else digest, stamp="" if held_back else stamp)
