"""Subscribing at a hub, hearing it, renewing and leaving, each step against a hub that does as hubs do."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from services.ingest.document import Document
from services.ingest.parse import parse
from services.ingest.reader import Took
from services.ingest.submission import Submission
from services.ingest.taking import Taken
from services.ingest.verdict import took
from services.ingest.websub.subscriber import CLAIM_SECONDS, LEAVES, REVIEW_SECONDS
from services.ingest.websub.subscription import LEASE_SECONDS
from shared.redis import Store
from tests.ingest.feeds import an_item, rss
from tests.ingest.websub.hub import CALLBACK, TOPIC, Newsroom, a_newsroom

DAY = 86_400


@pytest.fixture
async def newsroom(store: Store) -> AsyncIterator[Newsroom]:
    async with a_newsroom(store) as newsroom:
        yield newsroom


def items(body: bytes) -> list[Submission]:
    document = parse(body, url=TOPIC, content_type="application/rss+xml", source_id="bay")
    return list(getattr(document, "submissions", ()))


async def health(newsroom: Newsroom) -> tuple[str | None, str | None]:
    source = await newsroom.known()
    return source.health.pushed_at, source.health.push_until


async def test_a_hub_that_a_document_names_is_asked_and_believed_once_it_asks_back(newsroom: Newsroom) -> None:
    await newsroom.source()
    await newsroom.polled()
    await newsroom.subscriber.tick()
    asked = newsroom.hub.last
    assert (asked["hub.mode"], asked["hub.topic"], asked["hub.lease_seconds"]) == (
        "subscribe",
        TOPIC,
        str(LEASE_SECONDS),
    )
    assert asked["hub.callback"].startswith(f"{CALLBACK}/bay?token=")
    assert 32 <= len(asked["hub.secret"]) < 200
    answer = await newsroom.verify()
    assert (answer.status, answer.body, answer.headers["content-type"]) == (200, b"c-1", "text/plain; charset=utf-8")
    known = await newsroom.subscription()
    assert known is not None
    assert (known.state, known.lease_until) == ("active", newsroom.clock.seconds() + LEASE_SECONDS)
    assert await health(newsroom) == (None, None)


async def test_a_push_is_taken_as_the_document_it_is_and_polling_finds_nothing_new(newsroom: Newsroom) -> None:
    await newsroom.subscribed()
    body = rss(an_item(2), an_item(1))
    answer = await newsroom.push(body)
    assert (answer.status, answer.body) == (202, b"")
    assert await newsroom.sent() != []
    assert [event["article"]["guid"] for event in newsroom.line.bodies] == ["g1", "g2"]
    assert await health(newsroom) == ("2026-11-22T12:00:00Z", "2026-11-23T12:00:00Z")
    results = await newsroom.intake.accept(await newsroom.known(), items(body))
    assert [type(result).__name__ for result in results] == ["Unchanged", "Unchanged"]


async def test_the_same_push_again_has_no_effect(newsroom: Newsroom) -> None:
    await newsroom.subscribed()
    for _ in range(3):
        assert (await newsroom.push(rss(an_item(1)))).status == 202
    assert len(await newsroom.sent()) == 1


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
async def test_every_method_of_the_recommendation_is_known(newsroom: Newsroom, method: str) -> None:
    await newsroom.subscribed()
    body = rss(an_item(1))
    signed = hmac.new(newsroom.hub.last["hub.secret"].encode(), body, method).hexdigest()
    await newsroom.push(body, f"{method}={signed}")
    assert len(await newsroom.sent()) == 1


@pytest.mark.parametrize("header", ["", "sha256=", "sha256=" + "0" * 64, "md5=" + "0" * 32, "x", "sha256=é"])
async def test_a_push_with_a_wrong_signature_is_answered_and_ignored(newsroom: Newsroom, header: str) -> None:
    await newsroom.subscribed()
    with capture_logs() as lines:
        answer = await newsroom.push(rss(an_item(1)), header.encode().decode("latin-1"))
    assert (answer.status, answer.body) == (202, b"")
    assert await newsroom.sent() == []
    assert await health(newsroom) == (None, None)
    assert [line["event"] for line in lines] == ["websub.unsigned"]


async def test_what_a_source_takes_back_in_a_push_is_retracted(newsroom: Newsroom) -> None:
    await newsroom.subscribed()
    await newsroom.push(rss(an_item(1)))
    atom = b"""<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0">
      <title>Bay Wire</title><id>x</id><updated>2026-11-22T12:00:00Z</updated>
      <at:deleted-entry ref="g1" when="2026-11-22T12:00:00Z"/></feed>"""
    await newsroom.push(atom)
    await newsroom.sent()
    assert [event["article"]["status"] for event in newsroom.line.bodies] == ["usable", "canceled"]


@pytest.mark.parametrize("body", [b"", b"  ", b"<html><p>news</p></html>", b"\x00\xff"])
async def test_a_push_that_is_no_document_has_the_source_polled(newsroom: Newsroom, body: bytes) -> None:
    await newsroom.subscribed()
    assert (await newsroom.push(body)).status == 202
    assert newsroom.woken == 1
    assert await newsroom.sources.claim(newsroom.clock.seconds(), 60, 10) == ["bay"]
    assert (await health(newsroom))[1] is not None


async def test_a_source_whose_pages_are_fetched_is_polled_when_pushed(newsroom: Newsroom) -> None:
    await newsroom.subscribed()
    await newsroom.source(full_text=True)
    await newsroom.push(rss(an_item(1)))
    assert (newsroom.woken, await newsroom.sent()) == (1, [])


async def test_a_lease_is_renewed_at_its_half_and_pushes_count_on_no_longer_one(newsroom: Newsroom) -> None:
    await newsroom.subscribed(**{"hub.lease_seconds": "36000"})
    newsroom.clock.forward(17_999)
    await newsroom.subscriber.tick()
    assert len(newsroom.hub.asked) == 1
    newsroom.clock.forward(2)
    await newsroom.push(rss(an_item(1)))
    assert (await health(newsroom))[1] == "2026-11-22T22:00:00Z"
    await newsroom.subscriber.tick()
    assert (len(newsroom.hub.asked), newsroom.hub.last["hub.mode"]) == (2, "subscribe")
    assert newsroom.hub.asked[0]["hub.callback"] == newsroom.hub.last["hub.callback"]
    await newsroom.verify(**{"hub.lease_seconds": "36000"})
    known = await newsroom.subscription()
    assert known is not None
    assert known.lease_until == newsroom.clock.seconds() + 36_000


async def test_killed_before_it_was_planned_a_subscription_is_asked_for_with_the_next_document(
    newsroom: Newsroom,
) -> None:
    await newsroom.source()
    await newsroom.polled()
    await newsroom.subscriptions.never("bay")
    await newsroom.subscriber.tick()
    assert newsroom.hub.asked == []
    await newsroom.polled()
    await newsroom.subscriber.tick()
    assert len(newsroom.hub.asked) == 1


async def test_killed_while_asking_a_subscription_is_asked_for_again(newsroom: Newsroom) -> None:
    await newsroom.source()
    await newsroom.polled()
    await newsroom.subscriptions.claim(newsroom.clock.seconds(), CLAIM_SECONDS, 10)
    await newsroom.subscriber.tick()
    assert newsroom.hub.asked == []
    newsroom.clock.forward(CLAIM_SECONDS + 1)
    await newsroom.subscriber.tick()
    assert len(newsroom.hub.asked) == 1


async def test_a_hub_that_never_asks_back_is_asked_again_later_and_the_next_one_then(newsroom: Newsroom) -> None:
    await newsroom.source()
    await newsroom.polled(hubs=(newsroom.hub.url + "one", newsroom.hub.url + "two"))
    for wait in (0, 3_601, 2 * 3_601, 4 * 3_601):
        newsroom.clock.forward(wait)
        await newsroom.subscriber.tick()
        await newsroom.subscriber.tick()
    assert newsroom.hub.paths == ["/one", "/two", "/one", "/two"]


@pytest.mark.parametrize("status", [400, 403, 404, 410, 500, 503])
async def test_a_hub_that_refuses_is_asked_ever_less_often(newsroom: Newsroom, status: int) -> None:
    newsroom.hub.status = status
    await newsroom.source()
    await newsroom.polled()
    with capture_logs() as lines:
        for hours in (0, 1, 2, 4, 8, 16, 24, 24):
            newsroom.clock.forward(hours * 3_600 + 1)
            await newsroom.subscriber.tick()
            await newsroom.subscriber.tick()
    assert len(newsroom.hub.asked) == 8
    refused = [line for line in lines if line["event"] == "websub.refused"]
    assert f"{status} " in refused[0]["reason"]
    assert "echoed" not in repr(lines)


async def test_a_hub_that_denies_is_left_alone_for_a_week(newsroom: Newsroom) -> None:
    await newsroom.subscribed()
    await newsroom.push(rss(an_item(1)))
    answer = await newsroom.verify(**{"hub.mode": "denied", "hub.reason": "no more"})
    assert (answer.status, (await health(newsroom))[1]) == (200, None)
    newsroom.clock.forward(7 * DAY - 10)
    await newsroom.polled()
    await newsroom.subscriber.tick()
    assert len(newsroom.hub.asked) == 1
    newsroom.clock.forward(20)
    await newsroom.subscriber.tick()
    assert len(newsroom.hub.asked) == 2


@pytest.mark.parametrize(
    "over",
    [
        {"hub.topic": "https://bay.example/other"},
        {"hub.mode": "unsubscribe"},
        {"hub.mode": ""},
        {"hub.challenge": ""},
        {"hub.challenge": "c" * 5_000},
    ],
)
async def test_what_was_not_asked_for_is_not_confirmed(newsroom: Newsroom, over: dict[str, str]) -> None:
    await newsroom.source()
    await newsroom.polled()
    await newsroom.subscriber.tick()
    assert (await newsroom.verify(**over)).status == 404
    known = await newsroom.subscription()
    assert known is not None
    assert known.state == "asking"


async def test_a_question_a_day_late_or_with_another_token_is_not_answered(newsroom: Newsroom) -> None:
    await newsroom.source()
    await newsroom.polled()
    await newsroom.subscriber.tick()
    for callback in (f"{CALLBACK}/bay", f"{CALLBACK}/bay?token=x", f"{CALLBACK}/bay?token=%C3%A9", f"{CALLBACK}/other"):
        assert (await newsroom.call("GET", {"hub.mode": "subscribe"}, callback=callback)).status == 404
        assert (await newsroom.push(rss(an_item(1)), callback=callback)).status == 404
    newsroom.clock.forward(DAY + 1)
    assert (await newsroom.verify()).status == 404


async def test_before_anything_was_asked_nothing_is_confirmed(newsroom: Newsroom) -> None:
    await newsroom.source()
    await newsroom.polled()
    known = await newsroom.subscription()
    assert known is not None
    callback = f"{CALLBACK}/bay?token={known.token}"
    question = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "c"}
    assert (await newsroom.call("GET", question, callback=callback)).status == 404


async def test_what_a_poll_finds_first_the_hub_missed(newsroom: Newsroom) -> None:
    await newsroom.subscribed()
    await newsroom.push(rss(an_item(1)))
    await newsroom.polled(accepted=0)
    assert (await health(newsroom))[1] is not None
    with capture_logs() as lines:
        await newsroom.polled(accepted=2)
    assert [(line["event"], line["items"]) for line in lines] == [("websub.missed", 2)]
    assert (await health(newsroom))[1] is None
    await newsroom.push(rss(an_item(2)))
    assert (await health(newsroom))[1] is not None


async def test_a_poll_that_finds_what_a_push_missed_is_not_followed_by_a_long_wait(newsroom: Newsroom) -> None:
    await newsroom.subscribed()
    await newsroom.push(rss(an_item(1)))
    source, reading = await newsroom.known(), Took(document=Document(submissions=()))
    found = (took(source, reading, Taken(told={"accepted": n}), newsroom.clock()).turn for n in (0, 1))
    assert [getattr(turn, "pushed", None) for turn in found] == [True, False]


async def test_a_deleted_source_is_unsubscribed(newsroom: Newsroom) -> None:
    await newsroom.subscribed()
    await newsroom.sources.delete("bay")
    assert (await newsroom.push(rss(an_item(1)))).status == 410
    await newsroom.subscriber.review()
    await newsroom.subscriber.tick()
    assert (newsroom.hub.last["hub.mode"], newsroom.hub.last["hub.topic"]) == ("unsubscribe", TOPIC)
    assert "hub.secret" not in newsroom.hub.last
    assert (await newsroom.verify()).body == b"c-1"
    assert await newsroom.subscription() is None
    assert await newsroom.subscriptions.ids() == []


@pytest.mark.parametrize("over", [{"active": False}, {"websub": False}, {"kind": "push"}])
async def test_a_source_that_wants_no_pushes_is_unsubscribed_even_from_a_silent_hub(
    newsroom: Newsroom, store: Store, over: dict[str, Any]
) -> None:
    await newsroom.subscribed()
    await newsroom.source(**over)
    await newsroom.subscriber.review()
    for _ in range(LEAVES + 1):
        await newsroom.subscriber.tick()
        newsroom.clock.forward(601)
    assert [asked["hub.mode"] for asked in newsroom.hub.asked] == ["subscribe", *["unsubscribe"] * LEAVES]
    assert await newsroom.subscription() is None


async def test_one_process_reviews_for_all(newsroom: Newsroom, store: Store) -> None:
    await newsroom.subscriber.review()
    await newsroom.subscribed()
    await newsroom.sources.delete("bay")
    await newsroom.subscriber.review()
    known = await newsroom.subscription()
    assert known is not None
    assert known.state == "active"
    assert 0 < await store.do("TTL", "websub:reviewed") < REVIEW_SECONDS


async def test_of_two_processes_one_asks(newsroom: Newsroom) -> None:
    await newsroom.source()
    await newsroom.polled()
    await asyncio.gather(newsroom.subscriber.tick(), newsroom.subscriber.tick(), newsroom.subscriber.tick())
    assert len(newsroom.hub.asked) == 1


async def test_a_document_that_names_another_hub_is_subscribed_anew(newsroom: Newsroom) -> None:
    await newsroom.subscribed()
    before = newsroom.hub.last
    await newsroom.polled()
    await newsroom.subscriber.tick()
    assert len(newsroom.hub.asked) == 1
    await newsroom.polled(hubs=(newsroom.hub.url + "new",))
    await newsroom.subscriber.tick()
    assert newsroom.hub.paths[-1] == "/new"
    assert newsroom.hub.last["hub.secret"] != before["hub.secret"]
    assert (await newsroom.push(rss(an_item(1)), callback=before["hub.callback"])).status == 404


async def test_a_document_that_names_no_hub_any_more_is_unsubscribed(newsroom: Newsroom) -> None:
    await newsroom.subscribed()
    await newsroom.polled(hubs=())
    await newsroom.subscriber.tick()
    assert newsroom.hub.last["hub.mode"] == "unsubscribe"


async def test_a_hub_that_moved_is_followed(newsroom: Newsroom) -> None:
    newsroom.hub.location = "/moved"
    await newsroom.source()
    await newsroom.polled()
    await newsroom.subscriber.tick()
    assert newsroom.hub.paths == ["/", "/moved"]
    assert len(newsroom.hub.asked) == 1


async def test_a_hub_that_redirects_in_a_circle_is_refused(newsroom: Newsroom) -> None:
    newsroom.hub.location = "/again"
    await newsroom.source()
    await newsroom.polled()
    with capture_logs() as lines:
        await newsroom.subscriber.tick()
    assert lines[-1]["reason"] == "the hub redirects more than 3 times"


@pytest.mark.parametrize("hub", ["http://10.0.0.1/", "http://169.254.169.254/latest", "ftp://x/", "http://u:p@x.org/"])
async def test_a_hub_inside_the_network_is_never_asked(newsroom: Newsroom, hub: str) -> None:
    await newsroom.source()
    await newsroom.polled(hubs=(hub,))
    with capture_logs() as lines:
        await newsroom.subscriber.tick()
    assert [line["event"] for line in lines] == ["websub.refused"]


async def test_a_document_without_hub_or_topic_asks_for_nothing(newsroom: Newsroom) -> None:
    await newsroom.source()
    await newsroom.polled(hubs=())
    await newsroom.polled(topic=None)
    await newsroom.source(websub=False)
    await newsroom.polled()
    assert await newsroom.subscription() is None


async def test_a_newsroom_that_hubs_cannot_reach_asks_for_nothing(newsroom: Newsroom, store: Store) -> None:
    newsroom.subscriber = newsroom.another(store, None, callback=None)  # type: ignore[arg-type]  # nothing is asked
    await newsroom.source()
    await newsroom.polled()
    assert await newsroom.subscription() is None


async def test_a_push_waits_where_intake_waits(newsroom: Newsroom) -> None:
    await newsroom.subscribed()
    newsroom.pressure.tell_full()
    answer = await newsroom.push(rss(an_item(1)))
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")


async def test_a_push_that_the_store_cannot_take_is_to_come_again(newsroom: Newsroom, store: Store) -> None:
    await newsroom.subscribed()
    await store.do("CONFIG", "SET", "maxmemory", "1")
    try:
        assert (await newsroom.push(rss(an_item(1)))).status == 503
    finally:
        await store.do("CONFIG", "SET", "maxmemory", "256mb")
    newsroom.clock.forward(10)
    assert (await newsroom.push(rss(an_item(1)))).status == 202
    assert len(await newsroom.sent()) == 1


async def test_a_push_over_the_limit_is_refused(newsroom: Newsroom) -> None:
    await newsroom.subscribed()
    callback = newsroom.hub.last["hub.callback"]
    answer = await newsroom.call("POST", callback=callback, headers={"content-length": str(11 * 1024 * 1024)})
    assert answer.status == 413


async def test_neither_secret_nor_token_is_logged(newsroom: Newsroom) -> None:
    with capture_logs() as lines:
        await newsroom.subscribed()
        await newsroom.push(rss(an_item(1)))
        await newsroom.push(rss(an_item(2)), "sha256=" + "0" * 64)
        await newsroom.verify(**{"hub.topic": "x"})
        newsroom.hub.status = 500
        newsroom.clock.forward(LEASE_SECONDS)
        await newsroom.subscriber.tick()
    known = await newsroom.subscription()
    assert known is not None
    assert len(lines) >= 6
    assert known.secret not in repr(lines)
    assert known.token not in repr(lines)
