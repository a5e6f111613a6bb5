"""What webhooks ask of the ledger and its articles, as a protocol; syndication's library answers it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from services.syndication.ledger import Head, Recorded
from shared.events import Article

__all__ = ["LedgerReader", "Recorded"]


class LedgerReader(Protocol):
    """Reads the ledger and the documents it names; any error it raises is retried by the caller's loop."""

    async def read(self, after: int, limit: int, block_ms: int) -> list[Recorded]:
        """Return up to `limit` entries with seq > `after`, in order; wait up to `block_ms` (0: not at all) for one."""

    async def read_back(self, before: int, limit: int) -> list[Recorded]:
        """Return the last `limit` entries with seq < `before`, in order."""

    async def latest(self) -> int:
        """Return the highest seq given so far, 0 before the first."""

    async def article(self, article_id: str, version: int) -> Article | None:
        """Return a version of an article, None when it is no longer kept."""

    async def document(self, article_id: str, version: int) -> bytes | None:
        """Return the JSON of a version of an article, None when it is no longer kept."""

    async def heads(self, article_ids: Sequence[str]) -> list[Head | None]:
        """Return the newest versions of articles, None for each that is not in the ledger."""

    async def head(self, article_id: str) -> tuple[int, int] | None:
        """Return version and seq of an article's newest entry, None for an article that is not in the ledger."""
