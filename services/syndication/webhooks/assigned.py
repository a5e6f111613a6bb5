"""What a subscription was assigned, for its receiver to prove that nothing is missing, and to read what is."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.syndication.webhooks.lane_sent import KEPT_SECONDS, WIDTH
from services.syndication.webhooks.matching import Looked, look
from services.syndication.webhooks.reading import LedgerReader, Recorded
from services.syndication.webhooks.replay import Part
from services.syndication.webhooks.sent import TOGETHER, UNCONFIRMED, Sent, Standing
from services.syndication.webhooks.store import SubscriptionStore
from services.syndication.webhooks.subscriptions import Subscription

MOST_PROVEN = 50_000
"""Seqs that one digest spans."""

MOST_LOOKED = 50_000
"""Seqs that one page looks through."""

SPAN = TOGETHER * WIDTH
"""Seqs that are read in one round trip."""

NOT_SENT = ("superseded", "no_longer_kept")
"""What is never sent (again): a newer version took its place, or its text is gone."""

OUTSTANDING_SHOWN = 100
RUN = 256


@dataclass(frozen=True, slots=True)
class Assignment:
    """An assigned entry with the seq assigned before; `looked.why` is by today's filter."""

    looked: Looked
    exit: bool
    previous: int | None


@dataclass(frozen=True, slots=True)
class Page:
    """Assigned entries; `next` is the last seq that was looked at."""

    events: list[Assignment]
    next: int


def digest_of(versions: Iterable[tuple[str, int]]) -> str:
    """Return the SHA-256, in hex, of the sorted lines "<article id> <version>", each ended by a line feed."""
    lines = sorted(f"{article_id} {version}\n".encode() for article_id, version in versions)
    return hashlib.sha256(b"".join(lines)).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """Reads what lanes keep of what they sent, together with the ledger. Every method raises RedisError."""

    sent: Sent
    store: SubscriptionStore
    ledger: LedgerReader

    async def last(self, subscription: Subscription) -> int:
        """Return the seq up to which all that matches has been assigned."""
        missed = await self.store.missed_from(subscription.id)
        cursor = await self.store.cursor()
        return cursor if missed is None else min(cursor, missed - 1)

    async def digest(self, subscription: Subscription, first: int, last: int, now: datetime) -> dict[str, Any]:
        """Return count and hash of what was assigned from seq `first` to `last`, as far as it is assigned yet.

        All of it speaks of what the ledger still has: what was trimmed has a number and no name to be hashed.
        """
        last = min(last, await self.last(subscription))
        standings = [each async for part in self._parts(subscription, first, last) for each in part]
        entries = await self._entries([each.seq for each in standings])
        found = [(each, entry) for each, entry in zip(standings, entries, strict=True) if entry is not None]
        unconfirmed = [each.seq for each, _ in found if each.state in UNCONFIRMED]
        counts = Counter(each.state for each, _ in found)
        return {
            "from": first,
            "to": last,
            "count": len(found),
            "hash": digest_of((entry.article_id, entry.version) for _, entry in found),
            "algorithm": "sha256",
            "complete": len(found) == len(standings) and await self._kept_since(first, now),
            **{state: counts[state] for state in ("confirmed", *UNCONFIRMED)},
            "outstanding": unconfirmed[:OUTSTANDING_SHOWN],
        }

    async def page(self, subscription: Subscription, after: int, limit: int) -> Page:
        """Return up to `limit` entries assigned after a seq."""
        end = min(await self.last(subscription), after + MOST_LOOKED)
        standings: list[Standing] = []
        async for part in self._parts(subscription, after + 1, end):
            standings += part
            if len(standings) >= limit:
                break
        standings = standings[:limit]
        entries = await self.entries([each.seq for each in standings])
        looked = await look(subscription.wish, entries, self.ledger)
        exits = {each.seq for each in standings if each.exit}
        before = [await self._before(subscription, after + 1), *(each.seq for each in entries)]
        events = [
            Assignment(each, each.entry.seq in exits, previous) for each, previous in zip(looked, before, strict=False)
        ]
        return Page(events, standings[-1].seq if len(standings) == limit else max(after, end))

    async def failed_since(self, subscription: Subscription, first: int, ms: int) -> AsyncIterator[Part]:
        """Yield the entries, from seq `first` on, of what was given up since a moment (Unix ms), in order."""
        last = await self.store.cursor()
        while first <= last:
            end = min(last, first - first % SPAN + SPAN - 1)
            standings = [each async for part in self.sent.between(subscription.id, first, end) for each in part]
            seqs = [each.seq for each in standings if each.state == "given_up" and (each.at or 0) >= ms]
            yield Part(first, await self.entries(seqs))
            first = end + 1

    async def entries(self, seqs: Sequence[int]) -> list[Recorded]:
        """Return the ledger's entries of rising numbers, without those that are no longer kept."""
        return [entry for entry in await self._entries(seqs) if entry is not None]

    async def _parts(self, subscription: Subscription, first: int, last: int) -> AsyncIterator[list[Standing]]:
        if first <= last:
            async for part in self.sent.between(subscription.id, first, last):
                yield [each for each in part if each.state not in NOT_SENT]

    async def _before(self, subscription: Subscription, seq: int) -> int | None:
        """Return the seq assigned before another, where that is among the last RUN."""
        parts = self._parts(subscription, max(1, seq - RUN), seq - 1)
        return max([each.seq async for part in parts for each in part], default=None)

    async def _entries(self, seqs: Sequence[int]) -> list[Recorded | None]:
        """Return the ledger's entries of rising numbers, None for each that is no longer kept."""
        found: dict[int, Recorded] = {}
        for start in range(0, len(seqs), RUN):
            wanted = seqs[start : start + RUN]
            at = wanted[0] - 1
            for seq in wanted:
                if seq > at:
                    run = await self.ledger.read(seq - 1, min(RUN, wanted[-1] - seq + 1), 0)
                    found.update((entry.seq, entry) for entry in run)
                    at = run[-1].seq if run else wanted[-1]
        return [found.get(seq) for seq in seqs]

    async def _kept_since(self, seq: int, now: datetime) -> bool:
        """Tell whether what was assigned from a seq on is still kept."""
        found = await self.ledger.read(seq - 1, 1, 0)
        since = now - timedelta(seconds=KEPT_SECONDS)
        return not found or (found[0].seq == max(seq, 1) and datetime.fromisoformat(found[0].timestamp) > since)
