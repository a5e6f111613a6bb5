"""What the log says of each attempt: which version of whose article went where, and what came of it."""

from __future__ import annotations

from typing import Any

import pytest
from structlog.testing import capture_logs

from services.syndication.webhooks.pacing import DigestWindow, Pacing
from shared.events import Source
from shared.redis import Store
from tests.receiver import Call, Reply, a_receiver
from tests.syndication.webhooks.bed import MemoryLedger, a_replica, story, subscribe
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
