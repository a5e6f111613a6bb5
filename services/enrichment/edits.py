"""Notices which profiles an edit of authors.toml changed, and asks for the articles by them to be completed anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

import orjson
import structlog

from services.enrichment.authors import AuthorBook, Profile, addresses_of
from shared.events import to_json
from shared.recalls import Recall, Recalls, recall_id
from shared.redis import Script, Store

log = structlog.get_logger()

PROFILES = "{newsroom}:profiles"
"""Hash: profile -> what articles show of it, as a digest, and the names and addresses that lead to it; as last seen."""

REPLACE = Script("""
redis.call('DEL', KEYS[1])
for at = 1, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[at], ARGV[at + 1]) end
""")

Seen = Mapping[str, bytes]


def seen(book: AuthorBook) -> dict[str, bytes]:
    """Return what is remembered of each profile, by its id."""
    return {id: _remembered(profile) for id, profile in book.by_id.items()}


def _remembered(profile: Profile) -> bytes:
    shown = to_json([profile.kind, profile.author, profile.sources])
    names, addresses = [profile.key, *profile.aliases], [*addresses_of(profile.author)]
    return orjson.dumps([blake2b(shown, digest_size=8).hexdigest(), names, addresses])


@dataclass(frozen=True, slots=True)
class Changed:
    """The profiles that are new, gone or different, and all names and addresses that lead or led to them."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    addresses: tuple[str, ...]


def changed(before: Seen, after: Seen) -> Changed:
    """Compare what was remembered of the profiles with what is to be."""
    ids = sorted(id for id in before.keys() | after.keys() if before.get(id) != after.get(id))
    states = [orjson.loads(state[id]) for id in ids for state in (before, after) if id in state]
    names, addresses = ({each for state in states for each in state[part]} for part in (1, 2))
    return Changed(tuple(ids), tuple(sorted(names)), tuple(sorted(addresses)))


class Edits:
    """Compares the authors with those seen last, by whatever process; raises RedisError."""

    def __init__(self, store: Store, recalls: Recalls, days: float, now: Callable[[], datetime]) -> None:
        self._store, self._recalls, self._days, self._now = store, recalls, days, now

    async def on_authors_loaded(self, book: AuthorBook) -> None:
        """Ask for what the edit concerns, once however many processes saw it, then remember the new state.

        Killed between the two, the next process finds the same edit, which bears the same id.
        """
        kept = await self._store.do("HGETALL", PROFILES)
        before, after = {id.decode(): state for id, state in kept.items()}, seen(book)
        if before == after:
            return
        if before and self._days > 0:
            await self._ask(before, after)
        pairs = [part for pair in after.items() for part in pair]
        await self._store.run(REPLACE, keys=[PROFILES], args=pairs)

    async def _ask(self, before: Seen, after: Seen) -> None:
        found = changed(before, after)
        moment = self._now()
        recall = Recall(
            id=recall_id(*_flat(before), "->", *_flat(after)),
            since=moment - timedelta(days=self._days),
            authors=found.ids,
            names=found.names,
            addresses=found.addresses,
            reason="authors.toml was edited",
        )
        if await self._recalls.ask(recall, moment):
            log.info("authors.edited", recall=recall.id, profiles=list(found.ids)[:20], days=self._days)


def _flat(state: Seen) -> list[str]:
    return [f"{id}={value.decode()}" for id, value in sorted(state.items())]
