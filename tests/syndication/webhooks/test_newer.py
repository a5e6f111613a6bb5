"""What is newer of some articles, also what comes while it is looked for."""

from __future__ import annotations

from services.syndication.webhooks.newer import Newer, versions
from tests.syndication.webhooks.bed import MemoryLedger, story


async def test_the_versions_of_an_article_are_found_down_to_the_lowest_that_is_asked_for() -> None:
    ledger = MemoryLedger()
    for number, version in ((1, 1), (2, 1), (1, 2), (1, 3)):
        ledger.publish(story(number, version))
    assert [entry.seq async for entry in versions(ledger, story(1).id)] == [4, 3, 1]
    assert await Newer(ledger, 4).of(ledger.entries[1:3]) == {story(1).id: [4, 3], story(2).id: [2]}


async def test_what_comes_meanwhile_is_found_once() -> None:
    ledger = MemoryLedger()
    ledger.publish(story(1))
    newer = Newer(ledger, await ledger.latest())
    ledger.publish(story(1, 2))
    found = await newer.of(ledger.entries[:1])
    assert (found, newer.seen) == ({story(1).id: [1]}, 1)
    ledger.publish(story(2))
    ledger.publish(story(1, 3))
    await newer.look_on()
    assert (found, newer.seen) == ({story(1).id: [4, 2, 1]}, 4)


async def test_an_article_that_the_ledger_does_not_hold_has_no_versions() -> None:
    assert [entry async for entry in versions(MemoryLedger(), "desk-nobody")] == []
