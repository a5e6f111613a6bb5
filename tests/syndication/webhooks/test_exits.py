"""Who got an article is told once when an update no longer is what its filter asks for."""

from __future__ import annotations

from services.syndication.webhooks.choices import Choices
from shared.events import Article
from shared.redis import Store
from tests.receiver import Receiver, a_receiver
from tests.syndication.webhooks.bed import MemoryLedger, a_replica, story, subscribe
from tests.waiting import until

UPDATED = "article.updated"


def about(what: str, version: int) -> Article:
    return story(1, version, headline=f"A {what}", body_html="")


def told(receiver: Receiver) -> list[tuple[int, list[str], bool]]:
    events = [call.event["data"] for call in receiver.calls]
    return [(data["article"]["version"], data["matched"], data.get("exit", False)) for data in events]


async def test_an_exit_is_told_once_and_again_only_after_a_return(store: Store) -> None:
    ledger = MemoryLedger()
    async with a_receiver() as receiver, a_replica(store, ledger):
        await subscribe(store, receiver.url, filter="ferry")
        for version, what in enumerate(("ferry", "bridge", "tunnel", "ferry", "bridge", "road"), 1):
            ledger.publish(about(what, version), UPDATED if version > 1 else "article.published")
            expected = {1: 1, 2: 2, 3: 2, 4: 3, 5: 4, 6: 4}[version]
            await until(lambda expected=expected: len(receiver.calls) == expected)  # type: ignore[misc]
        ledger.publish(about("road", 7), "article.retracted", reason="not so")
        await until(lambda: len(receiver.calls) == 5)
    assert told(receiver) == [
        (1, ["ferry"], False),
        (2, [], True),
        (4, ["ferry"], False),
        (5, [], True),
        (7, [], False),
    ]


async def test_who_got_an_article_is_told_that_it_is_withheld_and_nothing_more(store: Store) -> None:
    ledger = MemoryLedger()
    async with a_receiver() as receiver, a_receiver() as other, a_replica(store, ledger):
        await subscribe(store, receiver.url, filter="ferry", choices=Choices(exit_notices=False))
        await subscribe(store, other.url, filter="ferry", types=("article.published",))
        ledger.publish(about("ferry", 1))
        ledger.publish(story(2, headline="Another ferry"))
        await until(lambda: (len(receiver.calls), len(other.calls)) == (2, 2))
        for version in (2, 3):
            ledger.publish(about("ferry", version).model_copy(update={"status": "withheld"}), UPDATED)
            await until(lambda version=version: len(receiver.calls) == version + 1)  # type: ignore[misc]
        ledger.publish(story(3, headline="A third ferry"))
        await until(lambda: (len(receiver.calls), len(other.calls)) == (5, 3))
    assert told(receiver)[2:4] == [(2, [], False), (3, [], False)]
    withheld = receiver.calls[3].event["data"]["article"]
    assert (withheld["status"], withheld["headline"]) == ("withheld", "")


async def test_who_did_not_get_an_article_is_not_told_that_it_is_withheld(store: Store) -> None:
    ledger = MemoryLedger()
    async with a_receiver() as receiver, a_replica(store, ledger):
        await subscribe(store, receiver.url)
        ledger.publish(story(1, status="withheld"))
        ledger.publish(story(2))
        await until(lambda: receiver.calls)
        ledger.publish(story(1, 2), UPDATED)  # let go after all
        await until(lambda: len(receiver.calls) == 2)
    assert [call.seq for call in receiver.calls] == [2, 3]


async def test_exits_are_seen_within_one_batch_and_dispatching_again_tells_nothing_again(store: Store) -> None:
    ledger = MemoryLedger()
    async with a_receiver() as receiver:
        await subscribe(store, receiver.url, filter="ferry")
        ledger.publish(about("ferry", 1))
        ledger.publish(about("bridge", 2), UPDATED)
        ledger.publish(about("tunnel", 3), UPDATED)
        async with a_replica(store, ledger):
            await until(lambda: receiver.calls)
        await store.do("DEL", "{ledger}:cursor:webhooks")
        ledger.publish(story(2, headline="Another ferry"))
        async with a_replica(store, ledger):
            await until(lambda: receiver.calls[-1].seq == 4)
    # The version that left the filter replaced the one that waited before it.
    assert [(call.seq, call.event["data"].get("exit", False)) for call in receiver.calls] == [(2, True), (4, False)]


async def test_who_opted_out_or_asked_for_other_types_is_not_told(store: Store) -> None:
    ledger = MemoryLedger()
    async with a_receiver() as quiet, a_receiver() as first, a_replica(store, ledger):
        await subscribe(store, quiet.url, filter="ferry", choices=Choices(exit_notices=False))
        await subscribe(store, first.url, filter="ferry", types=("article.published",))
        ledger.publish(about("ferry", 1))
        await until(lambda: quiet.calls and first.calls)
        ledger.publish(about("bridge", 2), UPDATED)
        ledger.publish(story(2, headline="Another ferry"))
        await until(lambda: len(quiet.calls) == 2 and len(first.calls) == 2)
    assert quiet.seqs == first.seqs == [1, 3]
