"""Requests to complete articles anew: who knows them outdated asks here, and syndication works them off."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import blake2b
from typing import Literal

import orjson
from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.redis import Script, Store

OPEN = "{recalls}:open"
"""Sorted set: request by when it may begin, in Unix seconds; those that are not done yet."""
KEPT_SECONDS = 7 * 86_400
SETTLE_SECONDS = 5.0
"""Between a request and its beginning: by then every process has read the files that were edited."""


class Recall(BaseModel):
    """Which articles to complete anew: versions in the ledger that came `since`, and match `filter`.

    With `authors` (profile ids), `names` (keys of `shared.names.name_key`) or `addresses`, only articles by one of
    them.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    since: AwareDatetime
    filter: str = ""
    authors: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    reason: str = ""


class Progress(BaseModel):
    """How far a request is: ledger numbers `first` to `last` are looked through, `at` is the last one done."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    status: Literal["waiting", "running", "done", "refused"] = "waiting"
    first: int = 0
    last: int = 0
    at: int = 0
    recalled: int = 0
    reason: str = ""


# A request that is known by its id is the same request: asked twice, it is worked off once.
ASK = Script("""
if redis.call('HSETNX', KEYS[1], 'request', ARGV[1]) == 0 then return 0 end
redis.call('EXPIRE', KEYS[1], ARGV[3])
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[4])
return 1
""")


def recall_key(id: str) -> str:
    """Return the key of a request and its progress."""
    return f"{{recalls}}:{id}"


def recall_id(*parts: str) -> str:
    """Return an id made of what a request is about: the same request has the same id in every process."""
    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


class Recalls:
    """The requests; every method may raise RedisError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def ask(self, recall: Recall, moment: datetime) -> bool:
        """Keep a request for a week, to begin a little after `moment`, which is now; tell whether it is new."""
        begins = moment.timestamp() + SETTLE_SECONDS
        args: list[str | float] = [recall.model_dump_json(), begins, KEPT_SECONDS, recall.id]
        return bool(await self._store.run(ASK, keys=[recall_key(recall.id), OPEN], args=args))

    async def get(self, id: str) -> tuple[Recall, Progress] | None:
        """Return a request and how far it is, or None."""
        return _read(await self._store.do("HGETALL", recall_key(id)))

    async def first_open(self, moment: datetime) -> tuple[Recall, Progress] | None:
        """Return the oldest request that is not done and may begin, or None."""
        for member in await self._store.do("ZRANGE", OPEN, "-inf", moment.timestamp(), "BYSCORE"):
            found = await self.get(member.decode())
            if found is not None:
                return found
            await self._store.do("ZREM", OPEN, member)  # it waited longer than it is kept
        return None

    async def note(self, id: str, progress: Progress) -> None:
        """Write down how far a request is; one that is done or refused is not open any more."""
        await self._store.do("HSET", recall_key(id), "progress", progress.model_dump_json())
        if progress.status in ("done", "refused"):
            await self._store.do("ZREM", OPEN, id)


def _read(fields: Mapping[bytes, bytes]) -> tuple[Recall, Progress] | None:
    if b"request" not in fields:
        return None
    progress = orjson.loads(fields.get(b"progress", b"{}"))
    return Recall.model_validate(orjson.loads(fields[b"request"])), Progress.model_validate(progress)
