"""Remembers which files were taken, over restarts and between processes; one process looks at a time."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

from shared.redis import Script, Store

TAKEN = "drop:taken"
"""Hash: file name -> hash of the content last taken or refused."""

LOCK = "drop:lock"
LEASE_MS = 15_000

KEEP = Script("""
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
""")

RELEASE = Script("""
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
""")


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

    async def taken(self, names: Sequence[str]) -> dict[str, str]:
        """Return the hash of what was last taken of each file that was."""
        if not names:
            return {}
        found = await self._store.do("HMGET", TAKEN, *names)
        return {name: value.decode() for name, value in zip(names, found, strict=True) if value is not None}

    async def take(self, name: str, digest: str) -> None:
        """Note that this content of a file is done with."""
        await self._store.do("HSET", TAKEN, name, digest)
