"""What the log says of each attempt: which version of whose article went where, and what came of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import pytest
from structlog.testing import capture_logs

from services.syndication.ledger import Head
from services.syndication.webhooks.pacing import DigestWindow, Pacing
from services.syndication.webhooks.prepare import FRESH_SECONDS, Preparation
from services.syndication.webhooks.sending import PLAIN
from shared.events import Source, Status
from shared.redis import Store
from tests.receiver import Call, Reply, a_receiver
from tests.syndication.webhooks.bed import MemoryLedger, a_replica, logged, story, subscribe
from tests.waiting import until

WANTED = ("article_id", "version", "seq", "source", "subscription", "correlation_id", "attempt", "outcome")


def attempts(lines: list[Any]) -> list[Any]:
    return [line for line in lines if line["event"] == "delivery.attempted"]


@pytest.mark.parametrize("pacing", [Pacing(), Pacing(digest=DigestWindow(1, 3600.0))], ids=["alone", "digest"])
async def test_each_attempt_is_logged_with_all_that_it_is_about(store: Store, pacing: Pacing) -> None:
    ledger, replies = MemoryLedger(), iter((Reply(500), Reply(200)))

    async def answer(_call: Call) -> Reply:
        return next(replies)

    named = 'A desk, "source":{"id":"of-another"'  # what stands in an article's words is nobody's source
    article = story(source=Source(id="east-desk", name=named), headline=named)
    with capture_logs() as lines:
        async with a_receiver(answer) as receiver, a_replica(store, ledger):
            subscription = await subscribe(store, receiver.url, pacing=pacing)
            ledger.publish(article)
            await until(lambda: len(attempts(lines)) == 2)
    about = (article.id, 1, 1, "east-desk", subscription.id, "c-1")
    assert [tuple(line[name] for name in WANTED) for line in attempts(lines)] == [
        (*about, 1, "retry"),
        (*about, 2, "delivered"),
    ]


async def test_an_article_that_is_kept_no_more_is_logged_without_its_source(store: Store) -> None:
    ledger = MemoryLedger()
    with capture_logs() as lines:
        async with a_receiver() as receiver, a_replica(store, ledger):
            await subscribe(store, receiver.url)
            ledger.publish(story(), "article.updated")
            ledger.documents.clear()
            await until(lambda: attempts(lines))
    [line] = attempts(lines)
    assert (line["outcome"], line.get("source"), line["correlation_id"]) == ("dropped", None, "c-1")
    assert receiver.calls == []


@pytest.mark.parametrize("pacing", [Pacing(), Pacing(digest=DigestWindow(1, 3600.0))], ids=["alone", "digest"])
async def test_of_what_is_withheld_by_now_the_name_alone_is_sent_late(store: Store, pacing: Pacing) -> None:
    ledger, ago = MemoryLedger(), "2026-11-22T10:00:00Z"
    ledger.publish(story(headline="Unfit to print"), timestamp=ago)
    ledger.publish(story(version=2, headline="Still unfit", status="withheld"), "article.updated", timestamp=ago)
    async with a_receiver() as receiver, a_replica(store, ledger):
        # It asked for no updates, so that nothing newer stands in for what it is to get.
        subscription = await subscribe(
            store, receiver.url, filter="unfit", types=("article.published",), pacing=pacing, after=0
        )
        await until(lambda: receiver.calls)
        [attempt] = await logged(store, subscription.id, 1)
    data = receiver.calls[0].event["data"]
    data = data["events"][0]["data"] if pacing.digest else data
    assert (data["seq"], data["matched"], data["article"]["version"]) == (1, [], 1)
    assert (data["article"]["status"], data["article"]["headline"]) == ("withheld", "")
    assert b"nfit" not in receiver.calls[0].body
    assert attempt["request"]["named"] == "withheld"


@pytest.mark.parametrize(("status", "type"), [("withheld", "article.updated"), ("canceled", "article.retracted")])
async def test_how_an_article_stands_is_looked_up_anew_once_a_second(status: Status, type: str) -> None:
    ledger = MemoryLedger()
    ledger.publish(story(headline="Unfit"))
    preparation = Preparation(ledger, "", lambda: 0.0)
    first = await preparation.get(1)
    assert first is not None
    start = first.published + 100
    assert await preparation.by_now(first, start) is first
    ledger.publish(story(version=2, status=status), type)
    assert await preparation.by_now(first, start + FRESH_SECONDS / 2) is first
    named = await preparation.by_now(first, start + FRESH_SECONDS)
    message = named.message("id", PLAIN, None, b'["unfit"]')
    assert message is not None
    assert b"nfit" not in message.body
    assert b'"status":"%s"' % status.encode() in message.body
    ledger.publish(story(version=3), "article.updated")
    assert await preparation.by_now(first, start + 2 * FRESH_SECONDS) is first


async def test_how_articles_stand_is_looked_up_at_once_for_what_is_read_at_once() -> None:
    class Asked(MemoryLedger):
        times = 0

        async def heads(self, article_ids: Sequence[str]) -> list[Head | None]:
            self.times += 1
            return await super().heads(article_ids)

    ledger = Asked()
    for number in range(10):
        ledger.publish(story(number), timestamp="2026-11-22T10:00:00Z")
    ledger.publish(story(3, 2, status="withheld"), "article.updated")
    preparation = Preparation(ledger, "", now := time.time)
    found = await asyncio.gather(*map(preparation.get, range(1, 11)))
    named = [await preparation.by_now(each, now()) for each in found if each is not None]
    assert [each.entry.seq for each in named if each.named] == [4]
    assert ledger.times == 1
    preparation.forget()
    late, fresh = await asyncio.gather(*map(preparation.get, (10, ledger.publish(story(11)))))
    assert [each is not None and each.looked > 0 for each in (late, fresh)] == [True, False]
