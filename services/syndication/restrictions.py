"""How articles stand by now of which less may go on than was: no more is told of their earlier versions."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from services.syndication.ledger import Entry, Head
from services.syndication.rights import Restriction, restriction_of


class Newest(Protocol):
    """Knows the newest versions; every method may raise RedisError."""

    async def heads(self, article_ids: Sequence[str]) -> list[Head | None]:
        """Return the newest versions of articles that are in the ledger, in the order asked."""

    async def document(self, article_id: str, version: int) -> bytes | None:
        """Return the JSON of a version, None when it is no longer kept."""


async def restrictions(newest: Newest, entries: Iterable[Entry]) -> Mapping[str, Restriction]:
    """Return how articles of which some entries are earlier versions stand now; those that may be read are left out.

    What was published stays in the ledger under its number: who reads it later is not to read what it said.
    """
    oldest: dict[str, int] = {}
    for entry in entries:
        oldest[entry.article_id] = min(entry.version, oldest.get(entry.article_id, entry.version))
    heads = zip(oldest, await newest.heads([*oldest]), strict=True)
    later = [(id, head.version) for id, head in heads if head is not None and head.version > oldest[id]]
    if not later:  # nearly always: whatever waited for a second before it was sent is asked for
        return {}
    documents = await asyncio.gather(*(newest.document(*one) for one in later))
    found = ((id, restriction_of(document)) for (id, _), document in zip(later, documents, strict=True))
    return {id: status for id, status in found if status is not None}
