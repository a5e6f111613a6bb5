"""What a WebSub hub must do (W3C Recommendation sections 5 to 7), with the checks of websub.rocks."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from structlog.testing import capture_logs

from services.syndication.feeds.press import Press
from services.syndication.websub import hub
from services.syndication.websub.asked import Asked
from services.syndication.websub.hub import LEASE, LOOK_SECONDS, Hub, Ways
from services.syndication.websub.store import PENDING, SUBSCRIPTIONS, Hubs
from shared.http_client import Answer, NoAnswer, Page
from shared.redis import Store
from shared.sealing import Sealer
from tests.builders import SEALS
from tests.syndication.feeds.in_memory import SITE, InMemoryShelf, a_story
from tests.waiting import until

TOPIC = "https://news.example.org/feeds/all.atom"
CALLBACK = "https://reader.example/in?user=1"
ASKED = Asked(mode="subscribe", topic=TOPIC, callback=CALLBACK)


class Reader:
    """A subscriber: says yes to what it is asked, takes what it is sent, and keeps both."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.sent: list[tuple[str, bytes, dict[str, str]]] = []
        self.status, self.echo, self.answers = 200, True, 202
        self.silent = False

    async def get(self, url: str) -> Page | NoAnswer:
        self.asked.append(url)
        if self.silent:
            return NoAnswer("timed out", 1.0)
        challenge = parse_qs(urlsplit(url).query).get("hub.challenge", [""])[0]
        body = challenge.encode() if self.echo else b"something else"
        return Page(status=self.status, headers={}, body=body, url=url, moved_to=None, ms=1.0)

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer | NoAnswer:
        self.sent.append((url, body, dict(headers)))
        return NoAnswer("timed out", 1.0) if self.silent else Answer(self.answers, {}, b"", 1.0)

    def told(self, at: int = -1) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.asked[at]).query).items()}


class Room:
    """A hub on a store, with a clock that stands."""

    def __init__(self, store: Store, me: str = "me") -> None:
        self.store, self.shelf, self.reader, self.now = store, InMemoryShelf(), Reader(), 1_000.0
        self.shelf.publish(a_story())
        self.press = Press(self.shelf, SITE, fresh_for=0)
        self.hubs = Hubs(store, SEALS)
        self.hub = self.a_hub(me)

    def a_hub(self, me: str) -> Hub:
        ways = Ways(get=self.reader.get, post=self.reader.post, now=lambda: self.now, challenge=lambda: "ch+all&enge")
        return Hub(self.hubs, self.shelf, self.press, SITE, ways, store=self.store, me=me)

    async def work(self) -> None:
        """Let the hub do all it has to do now."""
        for _ in range(3):
            await self.hub.tick()
            await until(self.idle)

    async def idle(self) -> bool:
        return not self.hub._busy  # noqa: SLF001  # nothing else tells that it is done

    async def subscribe(self, **over: Any) -> None:
        assert await self.hubs.ask(replace(ASKED, **over))
        await self.work()

    async def publish(self, **over: Any) -> None:
        self.shelf.publish(a_story(**over))
        self.now += LOOK_SECONDS
        await self.work()


@pytest.fixture
def room(store: Store) -> Room:
    return Room(store)


async def test_intent_is_verified_before_anything_is_sent(room: Room) -> None:
    await room.subscribe(lease=3_600)
    assert room.reader.asked[0].startswith(f"{CALLBACK}&hub.mode=subscribe")
    assert room.reader.told() == {
        "user": "1",
        "hub.mode": "subscribe",
        "hub.topic": TOPIC,
        "hub.challenge": "ch+all&enge",
        "hub.lease_seconds": "3600",
    }
    [subscription] = await room.hubs.subscriptions()
    assert (subscription.topic, subscription.callback, subscription.expires) == (TOPIC, CALLBACK, room.now + 3_600)
    assert room.reader.sent == []


async def test_a_change_is_sent_whole_with_its_type_and_links(room: Room) -> None:
    await room.subscribe()
    await room.publish(id="desk-2", headline="New")
    [(url, body, headers)] = room.reader.sent
    assert url == CALLBACK
    document = await room.press.document(_page())
    assert document is not None
    assert body == document.variants["identity"].body
    assert headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert headers["Link"] == f'<https://news.example.org/websub>; rel="hub", <{TOPIC}>; rel="self"'
    assert "X-Hub-Signature" not in headers


def _page() -> Any:
    from services.syndication.websub.asked import page_of  # noqa: PLC0415

    return page_of(TOPIC, SITE)


async def test_a_secret_signs_what_is_sent(room: Room) -> None:
    await room.subscribe(secret="sésame")
    await room.publish(id="desk-2")
    [(_, body, headers)] = room.reader.sent
    assert headers["X-Hub-Signature"] == "sha256=" + hmac.new("sésame".encode(), body, "sha256").hexdigest()


@pytest.mark.parametrize("wrong", [{"echo": False}, {"status": 404}, {"status": 302}, {"silent": True}])
async def test_who_does_not_confirm_is_not_subscribed(room: Room, wrong: dict[str, Any]) -> None:
    vars(room.reader).update(wrong)
    await room.subscribe()
    assert await room.hubs.subscriptions() == []
    assert await room.hubs.pending() == []


async def test_subscribing_again_takes_the_new_terms_once_confirmed(room: Room) -> None:
    await room.subscribe(secret="old", lease=3_600)
    room.reader.echo = False
    await room.subscribe(secret="new", lease=7_200)
    [kept] = await room.hubs.subscriptions()
    assert (kept.secret, kept.expires) == ("old", room.now + 3_600)
    room.reader.echo = True
    await room.subscribe(secret="new", lease=7_200)
    [renewed] = await room.hubs.subscriptions()
    assert (renewed.secret, renewed.expires) == ("new", room.now + 7_200)


async def test_unsubscribing_is_verified_too(room: Room) -> None:
    await room.subscribe()
    room.reader.echo = False
    await room.subscribe(mode="unsubscribe")
    assert len(await room.hubs.subscriptions()) == 1
    room.reader.echo = True
    await room.subscribe(mode="unsubscribe")
    assert room.reader.told()["hub.mode"] == "unsubscribe"
    assert "hub.lease_seconds" not in room.reader.told()
    assert await room.hubs.subscriptions() == []


async def test_a_feed_that_never_was_is_denied_with_the_reason(room: Room) -> None:
    await room.subscribe(topic="https://news.example.org/feeds/tags/nothing.atom")
    assert room.reader.told()["hub.mode"] == "denied"
    assert room.reader.told()["hub.reason"] == "there is no such feed yet"
    assert await room.hubs.subscriptions() == []


async def test_a_lease_ends(room: Room) -> None:
    await room.subscribe(lease=3_600)
    room.now += 3_600
    await room.publish(id="desk-2")
    assert (room.reader.sent, await room.hubs.subscriptions()) == ([], [])


async def test_a_failure_is_tried_again_later_with_the_newest_document(room: Room) -> None:
    await room.subscribe()
    room.reader.answers = 500
    await room.publish(id="desk-2", headline="Second")
    await room.publish(id="desk-3", headline="Third")
    assert len(room.reader.sent) == 1
    room.reader.answers = 204
    room.now += 10
    await room.work()
    assert len(room.reader.sent) == 2
    assert b"Third" in room.reader.sent[1][1]
    [subscription] = await room.hubs.subscriptions()
    assert subscription.failures == 0
    room.now += 100
    await room.work()
    assert len(room.reader.sent) == 2


@pytest.mark.parametrize("status", [301, 404, 500])
async def test_no_failure_ends_a_subscription_before_its_lease(room: Room, status: int) -> None:
    await room.subscribe()
    room.reader.answers = status
    for number in range(8):
        room.now += 3_600
        await room.publish(id=f"desk-{number}")
    assert len(await room.hubs.subscriptions()) == 1
    assert len(room.reader.sent) == 8


async def test_gone_ends_it(room: Room) -> None:
    await room.subscribe()
    room.reader.answers = 410
    await room.publish(id="desk-2")
    assert await room.hubs.subscriptions() == []


async def test_only_topics_that_changed_are_sent(room: Room) -> None:
    await room.subscribe()
    await room.subscribe(topic="https://news.example.org/feeds/tags/kursk-oblast.json")
    await room.publish(id="desk-2", tags=())
    assert [headers["Content-Type"] for _, _, headers in room.reader.sent] == ["application/atom+xml; charset=utf-8"]


async def test_a_json_feed_is_sent_as_json(room: Room) -> None:
    await room.subscribe(topic="https://news.example.org/feeds/all.json")
    await room.publish(id="desk-2")
    assert room.reader.sent[0][2]["Content-Type"] == "application/feed+json"
    assert room.reader.sent[0][1].startswith(b"{")


async def test_one_process_works_and_another_follows_it(room: Room) -> None:
    await room.store.do("SET", LEASE, "another")
    await room.hubs.ask(ASKED)
    await room.work()
    assert room.reader.asked == []
    await room.store.do("DEL", LEASE)
    await room.work()
    assert len(await room.hubs.subscriptions()) == 1


async def test_a_leader_that_died_loses_nothing(room: Room) -> None:
    await room.subscribe()
    room.shelf.publish(a_story(id="desk-2"))
    await room.store.do("DEL", LEASE)
    room.hub = room.a_hub("next")
    await room.work()
    assert len(room.reader.sent) == 1


async def test_one_host_is_asked_to_verify_one_at_a_time(room: Room) -> None:
    room.reader.silent = True
    for number in range(5):
        await room.hubs.ask(replace(ASKED, callback=f"https://victim.example/{number}"))
    await room.hub.tick()
    await until(room.idle)
    assert len(room.reader.asked) == 1


async def test_one_host_has_so_many_subscriptions_and_no_more(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "MOST_OF_HOST", 3)
    for number in range(5):
        await room.subscribe(callback=f"https://reader.example/in?user={number}")
    await room.subscribe(callback="https://another.example/in")
    assert len(await room.hubs.subscriptions()) == 4
    denied = [room.reader.told(at) for at in range(len(room.reader.asked)) if "mode=denied" in room.reader.asked[at]]
    assert [told["hub.reason"] for told in denied] == ["its host has 3 subscriptions already"] * 2
    await room.subscribe(callback="https://reader.example/in?user=1", lease=600)
    await room.subscribe(callback="https://reader.example/in?user=0", mode="unsubscribe")
    await room.subscribe(callback="https://reader.example/in?user=4")
    callbacks = sorted(one.callback[-1] for one in await room.hubs.subscriptions())
    assert callbacks == ["1", "2", "4", "n"]


async def test_one_host_cannot_keep_the_requests_of_others_out(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "MOST_WAITING_OF_HOST", 3)
    for number in range(9):
        assert await room.hubs.ask(replace(ASKED, callback=f"https://reader.example/in?user={number}"))
    assert await room.hubs.ask(replace(ASKED, callback="https://another.example/in"))
    await room.hub.tick()
    assert len(await room.hubs.pending()) <= 4
    await until(room.idle)
    await room.work()
    hosts = [urlsplit(one.callback).hostname for one in await room.hubs.subscriptions()]
    assert (hosts.count("reader.example"), hosts.count("another.example")) == (3, 1)


async def test_what_is_delivered_is_never_older_than_what_is_noted(room: Room) -> None:
    room.press = Press(room.shelf, SITE, fresh_for=3_600)
    room.hub = room.a_hub("me")
    await room.subscribe()
    await room.press.document(_page())
    await room.publish(id="desk-2", headline="The newest")
    assert b"The newest" in room.reader.sent[0][1]


async def test_a_subscription_that_ended_while_it_was_delivered_to_stays_ended(room: Room) -> None:
    await room.subscribe()
    [subscription] = await room.hubs.subscriptions()
    await room.hubs.drop(subscription.id)
    await room.hubs.note(replace(subscription, failures=1))
    assert await room.hubs.subscriptions() == []


async def test_what_is_noted_of_a_delivery_leaves_newer_terms_as_they_are(room: Room) -> None:
    await room.subscribe(secret="old")
    [subscription] = await room.hubs.subscriptions()
    await room.subscribe(secret="new", lease=7_200)
    await room.hubs.note(replace(subscription, failures=1))
    [kept] = await room.hubs.subscriptions()
    assert (kept.secret, kept.expires, kept.failures) == ("new", room.now + 7_200, 1)


async def test_secrets_are_sealed_and_one_that_cannot_be_opened_is_never_left_out_of_a_delivery(room: Room) -> None:
    await room.hubs.ask(replace(ASKED, secret="sésame"))
    assert "sésame".encode() not in b"".join(await room.store.do("HVALS", PENDING))
    await room.work()
    assert "sésame".encode() not in b"".join(await room.store.do("HVALS", SUBSCRIPTIONS))
    room.hubs = Hubs(room.store, Sealer(["another key that is long enough"]))
    room.hub = room.a_hub("me")
    with capture_logs() as lines:
        await room.publish(id="desk-2")
    assert room.reader.sent == []
    assert "websub.secret.unreadable" in [line["event"] for line in lines]


async def test_a_newer_request_is_not_forgotten_with_the_one_it_replaced(room: Room) -> None:
    await room.hubs.ask(ASKED)
    newer = replace(ASKED, lease=7_200)
    await room.hubs.ask(newer)
    await room.hubs.settled(ASKED)
    assert await room.hubs.pending() == [newer]
    await room.hubs.settled(newer)
    assert await room.hubs.pending() == []
