"""Which articles were taken back lately, and how many of those they went to confirmed it; changes nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from services.syndication.webhooks.matching import backwards
from services.syndication.webhooks.reading import LedgerReader, Recorded
from services.syndication.webhooks.receipts import Receipts

MOST_SCANNED = 20_000
SECONDS = 1.0
"""Past either the answer is given with what has been found, and says where to go on."""

RETRACTED = "article.retracted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retractions:
    """Every method raises RedisError."""

    receipts: Receipts
    ledger: LedgerReader
    clock: Callable[[], float]

    async def recent(self, owner: str | None, before: int, limit: int) -> dict[str, Any]:
        """Return the newest retractions below a seq that went to any subscription, or to an owner's."""
        end, found, at = self.clock() + SECONDS, list[dict[str, Any]](), before
        until = max(1, before - MOST_SCANNED)
        async for entry in self._below(before):
            if len(found) >= limit or entry.seq < until or self.clock() > end:
                return {"retractions": found, "next": at}
            at = entry.seq
            if entry.type == RETRACTED:
                tally = await self.receipts.tally(entry, owner)
                found += [_shown(entry, tally)] if tally["subscriptions"] else []
        return {"retractions": found, "next": None}

    async def _below(self, before: int) -> AsyncIterator[Recorded]:
        async for entries in backwards(self.ledger, before):
            for entry in reversed(entries):
                yield entry


def _shown(entry: Recorded, tally: dict[str, Any]) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "article_id": entry.article_id,
        "version": entry.version,
        "timestamp": entry.timestamp,
        "reason": entry.reason,
        **tally,
    }
