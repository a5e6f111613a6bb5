"""Looking at the ledger with one filter."""

from __future__ import annotations

from dataclasses import replace

from services.syndication.ledger import Recorded
from services.syndication.webhooks.matching import READ, Wish, newest_first
from shared.query import parse
from tests.syndication.webhooks.bed import MemoryLedger, story


class Trimmed(MemoryLedger):
    """A ledger whose oldest entries are no longer kept."""

    async def read_back(self, before: int, limit: int) -> list[Recorded]:
        return [entry for entry in await super().read_back(before, limit) if entry.seq > 5]


async def test_the_newest_come_first_and_each_once_down_to_the_oldest_kept() -> None:
    ledger, many = Trimmed(), READ + 9
    for number in range(many):
        ledger.publish(story(number, headline="A ferry" if number % 2 else "A bridge", body_html=""))
    looked = [each async for each in newest_first(Wish(parse("ferry")), ledger)]
    assert [each.entry.seq for each in looked] == [*range(many, 5, -1)]
    assert {each.entry.seq % 2 for each in looked if each.why is not None} == {0}


class Passed(MemoryLedger):
    """A ledger in which many numbers were passed over after the third entry."""

    async def read_back(self, before: int, limit: int) -> list[Recorded]:
        told = [replace(entry, seq=entry.seq + (50 * READ if entry.seq > 3 else 0)) for entry in self.entries]
        return [entry for entry in told if entry.seq < before][-limit:]

    async def latest(self) -> int:
        return len(self.entries) + 50 * READ


async def test_the_look_back_goes_on_across_numbers_that_were_passed_over() -> None:
    ledger = Passed()
    for number in range(5):
        ledger.publish(story(number, headline="A ferry", body_html=""))
    looked = [each async for each in newest_first(Wish(parse("ferry")), ledger)]
    assert [each.entry.seq for each in looked] == [50 * READ + 5, 50 * READ + 4, 3, 2, 1]
