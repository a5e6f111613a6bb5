"""Which entries of the ledger are newer than others of their articles, for what is sent again not to follow them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping

from services.syndication.webhooks.reading import LedgerReader, Recorded

READ = 256


async def versions(ledger: LedgerReader, article_id: str) -> AsyncIterator[Recorded]:
    """Yield an article's entries that are kept, newest first."""
    head = await ledger.head(article_id)
    seq = head[1] if head else None
    while seq:
        entries = await ledger.read(seq - 1, 1, 0)
        if not entries or entries[0].seq != seq:
            return
        yield entries[0]
        seq = entries[0].before


async def taken_back(ledger: LedgerReader, seqs: Mapping[str, int], last: int) -> list[Recorded]:
    """Return the retractions, up to seq `last`, of articles that were taken back after the seqs given for them."""
    heads = await asyncio.gather(*map(ledger.head, seqs))
    later = [head[1] for seq, head in zip(seqs.values(), heads, strict=True) if head and seq < head[1] <= last]
    found = await asyncio.gather(*(ledger.read(seq - 1, 1, 0) for seq in later))
    return [entry for entries in found for entry in entries if entry.seq in later and entry.type == "article.retracted"]


class Newer:
    """The seqs of some articles, newest first, down to the lowest that was asked for; complete up to seq `seen`."""

    def __init__(self, ledger: LedgerReader, seen: int) -> None:
        self._ledger, self.seen = ledger, seen
        self._seqs: dict[str, list[int]] = {}

    async def of(self, entries: Iterable[Recorded]) -> dict[str, list[int]]:
        """Return the seqs of these entries' articles, whose lowest are asked for first."""
        lowest: dict[str, Recorded] = {}
        for entry in entries:
            lowest.setdefault(entry.article_id, entry)
        unknown = [entry for entry in lowest.values() if entry.article_id not in self._seqs]
        seqs = await asyncio.gather(*map(self._down_to, unknown))
        self._seqs.update(zip((entry.article_id for entry in unknown), seqs, strict=True))
        return {article_id: self._seqs[article_id] for article_id in lowest}

    async def look_on(self) -> bool:
        """Add what came into the ledger since; tell whether anything did."""
        before = self.seen
        while entries := await self._ledger.read(self.seen, READ, 0):
            for entry in entries:
                if entry.article_id in self._seqs:
                    self._seqs[entry.article_id].insert(0, entry.seq)
            self.seen = entries[-1].seq
        return self.seen > before

    async def _down_to(self, lowest: Recorded) -> list[int]:
        found = []
        async for entry in versions(self._ledger, lowest.article_id):
            if entry.seq < lowest.seq:
                break
            if entry.seq <= self.seen:  # what is newer comes with `look_on`
                found.append(entry.seq)
        return found
