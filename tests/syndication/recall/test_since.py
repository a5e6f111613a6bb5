"""The number of a moment is found in a ledger of any length."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.syndication.ledger import Recorded
from services.syndication.recall.since import SLACK, first_since
from shared.times import rfc3339

START = datetime(2026, 11, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Ledger:
    """One entry an hour, and how often it was asked."""

    def __init__(self, length: int) -> None:
        self.length, self.reads = length, 0

    async def latest(self) -> int:
        return self.length

    async def read(self, after: int, limit: int, block_ms: int) -> list[Recorded]:
        assert block_ms == 0
        self.reads += 1
        return [self._entry(seq) for seq in range(after + 1, min(after + limit, self.length) + 1)]

    def _entry(self, seq: int) -> Recorded:
        at = rfc3339(START + seq * HOUR)
        return Recorded(seq=seq, type="article.published", article_id="a", version=1, timestamp=at, correlation_id="c")


@pytest.mark.parametrize("length", [0, 1, 2, 7, 1000])
@pytest.mark.parametrize("hours", [-5, 1, 3, 500, 2000])
async def test_the_first_entry_at_or_after_a_moment(length: int, hours: int) -> None:
    found = await first_since(START + hours * HOUR + SLACK, Ledger(length))
    assert found == min(max(hours, 1), length + 1)


async def test_a_long_ledger_is_asked_a_few_times() -> None:
    ledger = Ledger(1_000_000)
    assert await first_since(START + 400_000 * HOUR + SLACK, ledger) == 400_000
    assert ledger.reads <= 21
