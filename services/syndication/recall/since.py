"""Finds the ledger number of a moment; the ledger's own times grow with its numbers, nearly."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from services.syndication.ledger import Recorded

SLACK = timedelta(minutes=5)
"""An entry bears the time its source was heard, and may have waited on the line behind a younger one."""


class Reads(Protocol):
    """The part of the ledger that is needed here."""

    async def read(self, after: int, limit: int, block_ms: int) -> list[Recorded]:
        """Return entries after a number."""

    async def latest(self) -> int:
        """Return the number of the newest entry."""


async def first_since(moment: datetime, ledger: Reads) -> int:
    """Return the number of the first entry that came at `moment` or later, or a few before it; `latest` + 1 for none.

    Looks at log2 of the ledger's length entries.
    """
    low, high = 1, await ledger.latest() + 1
    while low < high:
        middle = (low + high) // 2
        found = await ledger.read(middle - 1, 1, 0)
        if found and datetime.fromisoformat(found[0].timestamp) < moment - SLACK:
            low = middle + 1
        else:
            high = middle
    return low
