"""Looking at the ledger with one filter."""

from __future__ import annotations

from services.syndication.ledger import Recorded
from services.syndication.webhooks.matching import READ, Wish, newest_first
from shared.query import parse
from tests.syndication.webhooks.bed import MemoryLedger, story


class Trimmed(MemoryLedger):
    """A ledger whose oldest entries are no longer kept."""

    async def read(self, after: int, limit: int, block_ms: int) -> list[Recorded]:
        return await super().read(max(after, 5), limit, block_ms)


async def test_the_newest_come_first_and_each_once_down_to_the_oldest_kept() -> None:
    ledger, many = Trimmed(), READ + 9
    for number in range(many):
        ledger.publish(story(number, headline="A ferry" if number % 2 else "A bridge", body_html=""))
    looked = [each async for each in newest_first(Wish(parse("ferry")), ledger)]
    assert [each.entry.seq for each in looked] == [*range(many, 5, -1)]
    assert {each.entry.seq % 2 for each in looked if each.why is not None} == {0}
