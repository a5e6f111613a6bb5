"""Who of those that an article went to confirmed which version of it, when, how fast, and who is still outstanding."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.syndication.webhooks.directory import Directory
from services.syndication.webhooks.following import numbers_of
from services.syndication.webhooks.newer import versions
from services.syndication.webhooks.reading import LedgerReader, Recorded
from services.syndication.webhooks.sent import UNCONFIRMED, Sent, Standing
from services.syndication.webhooks.store import SubscriptionStore
from services.syndication.webhooks.subscriptions import Subscription
from shared.times import rfc3339_of

MOST_VERSIONS = 50
"""The newest versions that are looked at; an article rarely has ten."""

TOGETHER = 250
MOST_SHOWN = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipts:
    """Joins the ledger's entries of an article with what the lanes keep. Every method raises RedisError."""

    sent: Sent
    store: SubscriptionStore
    directory: Directory
    ledger: LedgerReader

    async def of(self, article_id: str, owner: str | None, after: int) -> dict[str, Any] | None:
        """Return the receipts of an article for all subscriptions, or an owner's; None when it is not in the ledger.

        Of the subscriptions numbered past `after` some are shown, those that are outstanding or not; counts are of all.
        """
        entries = await self.entries_of(article_id)
        if not entries:
            return None
        await self.directory.refresh()
        everyone = await self._carriers(article_id, owner)
        rows: list[dict[str, Any]] = []
        for start in range(0, len(everyone), TOGETHER):
            part = everyone[start : start + TOGETHER]
            rows += await asyncio.gather(*(self._row(each, entries) for each in part))
        shown = [row for each, row in zip(everyone, rows, strict=True) if each.number > after][:MOST_SHOWN]
        more = bool(shown) and shown[-1] is not rows[-1]
        latest = entries[0]
        return {
            "article_id": article_id,
            "latest": {"seq": latest.seq, "version": latest.version, "type": latest.type},
            "subscriptions": len(rows),
            "confirmed": sum(row["current"] for row in rows),
            "outstanding": sum(row["outstanding"] for row in rows),
            "receipts": shown,
            "next": next(each.number for each, row in zip(everyone, rows, strict=True) if row is shown[-1])
            if more
            else None,
        }

    async def tally(self, entry: Recorded, owner: str | None) -> dict[str, Any]:
        """Return how many of all subscriptions, or of an owner's, confirmed one entry, and how slow the last was."""
        await self.directory.refresh()
        everyone = await self._carriers(entry.article_id, owner)
        found: list[Standing] = []
        for start in range(0, len(everyone), TOGETHER):
            part = everyone[start : start + TOGETHER]
            standings = await asyncio.gather(*(self.sent.of(each.id, [entry.seq]) for each in part))
            found += [one[entry.seq] for one in standings if one]
        states = Counter(each.state for each in found)
        return {
            "subscriptions": len(found),
            "confirmed": states["confirmed"],
            "outstanding": sum(states[each] for each in UNCONFIRMED),
            "slowest_ms": max((each.ms or 0 for each in found if each.state == "confirmed"), default=None),
        }

    async def entries_of(self, article_id: str) -> list[Recorded]:
        """Return an article's entries, newest first."""
        found: list[Recorded] = []
        async for entry in versions(self.ledger, article_id):
            found.append(entry)
            if len(found) == MOST_VERSIONS:
                break
        return found

    async def _carriers(self, article_id: str, owner: str | None) -> list[Subscription]:
        carried = numbers_of(await self.store.carriers(article_id))
        known = (self.directory.numbered(number) for number in carried)
        return [each for each in known if each is not None and (owner is None or each.owner == owner)]

    async def _row(self, subscription: Subscription, entries: Sequence[Recorded]) -> dict[str, Any]:
        standings = await self.sent.of(subscription.id, [entry.seq for entry in entries])
        assigned = [(entry, standings[entry.seq]) for entry in entries if entry.seq in standings]
        confirmed = next((pair for pair in assigned if pair[1].state == "confirmed"), None)
        newest = assigned[0] if assigned else None
        return {
            "subscription": subscription.id,
            "url": subscription.url,
            "status": subscription.status,
            "assigned": _version(*newest) if newest else None,
            "confirmed": _version(*confirmed) if confirmed else None,
            "current": confirmed is not None and confirmed == newest,
            "outstanding": newest is not None and newest[1].state in UNCONFIRMED,
        }


def _version(entry: Recorded, standing: Standing) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "version": entry.version,
        "type": entry.type,
        "state": standing.state,
        "at": None if standing.at is None else rfc3339_of(standing.at / 1000),
        "ms": standing.ms,
        "attempts": standing.attempts,
    }
