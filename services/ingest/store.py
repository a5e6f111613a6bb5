"""Keeps sources, what is known of their items, and outboxes; one script commits a document whole."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from services.ingest.health import Health
from services.ingest.scripts import CLAIM, COMMIT, FINISH, NOTE, RENEW, SWAP, UNMARK
from services.ingest.source import Settings, Source
from services.ingest.stored import is_whole, read, written
from shared.redis import Store
from shared.sealing import Sealer

REGISTRY = "sources"
DUE = "{sources}:due"
LEASES = "{sources}:leases"
"""Source -> until when a process has it: apart from when it is due, so that no wish to poll it now ends a lease."""

WAITING = "outbox:waiting"
"""Source -> count of commits since its outbox was last seen empty: what a sweep looks at first."""
BATCH = 256
"""Sources looked at in one go: more would keep everyone else's commands waiting."""

RAW_SECONDS = 7 * 86_400
NOTHING: Mapping[bytes, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a commit: what was stored when it was read, what is to be (empty: nothing), and the event if any."""

    article_id: str
    before: bytes
    after: bytes
    event: bytes = b""
    correlation_id: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One event in an outbox."""

    id: bytes
    article_id: str
    event: bytes
    correlation_id: str


def source_key(source_id: str) -> str:
    """Return the key of a source's settings and health."""
    return f"{{src:{source_id}}}:source"


def items_key(source_id: str) -> str:
    """Return the key of what is known of a source's items."""
    return f"{{src:{source_id}}}:items"


def aliases_key(source_id: str) -> str:
    """Return the key of what a source's items are found by besides their guids."""
    return f"{{src:{source_id}}}:aliases"


def raw_key(source_id: str) -> str:
    """Return the key of a source's last document that was not read whole."""
    return f"{{src:{source_id}}}:raw"


def outbox_key(source_id: str) -> str:
    """Return the key of a source's events that are not on the line yet."""
    return f"{{src:{source_id}}}:outbox"


class SourceStore:
    """The registered sources, their secrets sealed, their health, and when each is due."""

    def __init__(self, store: Store, seals: Sealer) -> None:
        self._store, self._seals = store, seals

    async def get(self, source_id: str) -> Source | None:
        """Return a source, or None when there is none of that id."""
        return self._source(await self._store.do("HGETALL", source_key(source_id)))

    async def get_beside(self, source_id: str, article_id: str) -> tuple[Source | None, bytes]:
        """Return a source as `get` does and what is stored of one of its articles, in one round trip."""
        fields, found = await asyncio.gather(
            self._store.ask("HGETALL", source_key(source_id)), self._store.ask("HGET", items_key(source_id), article_id)
        )
        return self._source(fields), found or b""

    async def all(self) -> list[Source]:
        """Return every source, by id."""
        return await self.some(await self.ids())

    async def some(self, ids: Sequence[str]) -> list[Source]:
        """Return those of the sources that there are, in the order given."""
        found: list[Source] = []
        for start in range(0, len(ids), BATCH):
            batch = ids[start : start + BATCH]
            stored = await asyncio.gather(*(self._store.do("HGETALL", source_key(id)) for id in batch))
            found += [source for fields in stored if (source := self._source(fields)) is not None]
            await asyncio.sleep(0)
        return found

    async def ids(self) -> list[str]:
        """Return the ids of all sources, sorted."""
        return sorted(member.decode() for member in await self._store.do("SMEMBERS", REGISTRY))

    async def planned(self) -> int:
        """Return how many sources have a due time."""
        return int(await self._store.do("ZCARD", DUE))

    async def unplanned(self) -> list[Source]:
        """Return the sources that have no due time, whatever the reason."""
        ids, due = await asyncio.gather(self.ids(), self._store.do("ZRANGE", DUE, 0, -1))
        planned = {member.decode() for member in due}
        return await self.some([id for id in ids if id not in planned])

    async def add(self, settings: Settings) -> bool:
        """Register a source unless its id is taken; tell whether it was."""
        text = written(settings, self._seals)
        added = bool(await self._store.do("HSETNX", source_key(settings.id), "settings", text))
        await self._store.do("SADD", REGISTRY, settings.id)
        return added

    async def replace(self, settings: Settings) -> None:
        """Register a source, or give it new settings; its health stays."""
        await self._store.do("HSET", source_key(settings.id), "settings", written(settings, self._seals))
        await self._store.do("SADD", REGISTRY, settings.id)

    async def change(self, settings: Settings, update: Mapping[str, object]) -> bool:
        """Give a source other settings unless they changed since they were read; tell whether it was done."""
        stored = await self._store.do("HGET", source_key(settings.id), "settings")
        if stored is None or read(stored.decode(), self._seals) != settings:
            return False
        changed = written(settings.model_copy(update=update), self._seals)
        return bool(await self._store.run(SWAP, keys=[source_key(settings.id)], args=[stored, changed]))

    async def seal(self, source_id: str) -> bool:
        """Seal the secrets of a source that was stored before any were; tell whether it was one."""
        stored = await self._store.do("HGET", source_key(source_id), "settings")
        if stored is None or is_whole(text := stored.decode()):
            return False
        sealed = written(read(text, self._seals), self._seals)
        return bool(await self._store.run(SWAP, keys=[source_key(source_id)], args=[stored, sealed]))

    async def note(self, source_id: str, fields: Mapping[str, str]) -> None:
        """Write health fields of a source that still exists."""
        pairs = [part for pair in fields.items() for part in pair]
        await self._store.run(NOTE, keys=[source_key(source_id)], args=pairs)

    async def delete(self, source_id: str) -> bool:
        """Forget a source; its items stay known, or versions would begin at 1 again when it comes back."""
        await self.never(source_id)
        await self._store.do("SREM", REGISTRY, source_id)
        await self._store.do("DEL", raw_key(source_id))
        return bool(await self._store.do("DEL", source_key(source_id)))

    async def claim(self, now: float, lease: float, most: int) -> list[str]:
        """Take up to `most` sources that are due; no one else is given them for `lease` seconds."""
        found = await self._store.run(CLAIM, keys=[DUE, LEASES], args=[now, now + lease, most])
        return [member.decode() for member in found]

    async def renew(self, leases: Mapping[str, float], until: float) -> None:
        """Keep sources, given with the ends of their leases, until a later moment; those that were lost stay lost."""
        pairs = [part for pair in leases.items() for part in pair]
        await self._store.run(RENEW, keys=[DUE, LEASES], args=[until, *pairs])

    async def finish(self, source_id: str, ends: float, at: float | None) -> bool:
        """Give up a lease that ends at `ends`, to poll the source next at `at` or never; tell whether we had it."""
        last = "" if at is None else at
        return bool(await self._store.run(FINISH, keys=[DUE, LEASES], args=[source_id, ends, last]))

    async def due(self, source_id: str, at: float) -> None:
        """Poll a source at `at`, in seconds since 1970, whatever was planned."""
        await self._store.do("ZADD", DUE, at, source_id)

    async def due_if_unplanned(self, source_id: str, at: float) -> None:
        """Poll a source at `at` unless something is planned."""
        await self._store.do("ZADD", DUE, "NX", at, source_id)

    async def never(self, source_id: str) -> None:
        """Poll a source no more."""
        await self._store.do("ZREM", DUE, source_id)

    async def keep_raw(self, source_id: str, packed: bytes) -> None:
        """Keep a source's document, packed, for a week."""
        await self._store.do("SET", raw_key(source_id), packed, "EX", RAW_SECONDS)

    async def raw(self, source_id: str) -> bytes | None:
        """Return the document last kept of a source, packed as it was given."""
        found: bytes | None = await self._store.do("GET", raw_key(source_id))
        return found

    def _source(self, fields: Mapping[bytes, bytes]) -> Source | None:
        stored = {name.decode(): value.decode("utf-8", "replace") for name, value in fields.items()}
        settings = stored.pop("settings", None)
        return None if settings is None else Source(read(settings, self._seals), Health.read(stored))


class ItemStore:
    """What is known of each source's items, and the events that wait to be relayed."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def read(self, source_id: str, article_ids: Sequence[str]) -> list[bytes]:
        """Return what is stored of each article, empty where nothing is."""
        if not article_ids:
            return []
        found = await self._store.do("HMGET", items_key(source_id), *article_ids)
        return [value or b"" for value in found]

    async def found(self, source_id: str, keys: Sequence[bytes]) -> dict[bytes, str]:
        """Return the articles that are known by some keys."""
        if not keys:
            return {}
        found = await self._store.do("HMGET", aliases_key(source_id), *keys)
        return {key: f"{source_id}-{end.decode()}" for key, end in zip(keys, found, strict=True) if end}

    async def commit(
        self,
        source_id: str,
        entries: Iterable[Entry],
        document: Mapping[str, str],
        aliases: Mapping[bytes, str] = NOTHING,
    ) -> frozenset[str]:
        """Write items, events, the keys that articles are found by, and the document's state, all or nothing.

        Returns the ids of articles that changed since they were read; then nothing was written.
        Raises RedisError.
        """
        flat: list[str | bytes] = []
        count = 0
        for count, entry in enumerate(entries, 1):  # noqa: B007  # counts what a generator gave
            flat += (entry.article_id, entry.before, entry.after, entry.event, entry.correlation_id)
        flat += [part for key, id in aliases.items() for part in (key, id.rsplit("-", 1)[1])]
        flat += [part for pair in document.items() for part in pair]
        keys = [items_key(source_id), outbox_key(source_id), source_key(source_id), aliases_key(source_id)]
        # Marked after the commit: a relay that saw the outbox empty just before it cannot take the mark away.
        # A mark that fails costs no more than time: full sweeps need none.
        commit = self._store.call(COMMIT, keys=keys, args=[count, len(aliases), *flat])
        if not self._store.in_order:
            await asyncio.wait([commit])
        answers: tuple[Any, Any] = await asyncio.gather(
            commit, self._store.ask("ZINCRBY", WAITING, 1, source_id), return_exceptions=True
        )
        if isinstance(answers[0], BaseException):
            raise answers[0]
        return frozenset(member.decode() for member in answers[0])

    async def waiting(self, source_id: str, most: int) -> tuple[list[Waiting], float | None]:
        """Return the oldest events of an outbox, and the mark that `unmark` takes."""
        marked = self._store.ask("ZSCORE", WAITING, source_id)
        if not self._store.in_order:
            await asyncio.wait([marked])
        mark, entries = await asyncio.gather(
            marked, self._store.ask("XRANGE", outbox_key(source_id), "-", "+", "COUNT", most)
        )
        return [_waiting(id, fields) for id, fields in entries or ()], mark

    async def forget(self, source_id: str, ids: Sequence[bytes]) -> None:
        """Take relayed events out of an outbox."""
        await self._store.do("XDEL", outbox_key(source_id), *ids)

    async def unmark(self, source_id: str, mark: float | None) -> None:
        """Note that an outbox was empty, unless something was committed since `mark` was read."""
        if mark is not None:
            await self._store.run(UNMARK, keys=[WAITING], args=[source_id, int(mark)])

    async def marked(self) -> list[str]:
        """Return the sources whose outboxes may hold something."""
        return [member.decode() for member in await self._store.do("ZRANGE", WAITING, 0, -1)]

    async def not_empty(self, source_ids: Sequence[str]) -> list[str]:
        """Return those of the sources whose outboxes hold something, marked or not."""
        held: list[str] = []
        for start in range(0, len(source_ids), BATCH):
            batch = source_ids[start : start + BATCH]
            lengths = await asyncio.gather(*(self._store.do("XLEN", outbox_key(id)) for id in batch))
            held += [id for id, length in zip(batch, lengths, strict=True) if length]
        return held


def _waiting(id: bytes, fields: Mapping[bytes, bytes]) -> Waiting:
    return Waiting(id, fields[b"article"].decode(), fields[b"event"], fields[b"correlation"].decode())
