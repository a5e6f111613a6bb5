"""The hub with a subscriber over real HTTP: what the checks of websub.rocks look at, seen from outside."""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from starlette.types import ASGIApp

from services.syndication.feeds.press import Press
from services.syndication.feeds.routes import routes
from services.syndication.feeds.site import Site
from services.syndication.websub.store import Hubs
from services.syndication.websub.wiring import WebSub
from shared.http_client import connect
from shared.redis import Store
from shared.sealing import sealer
from shared.settings import Settings
from shared.web import application
from tests.asgi import Answer, ask
from tests.receiver import Call, Receiver, Reply, a_receiver
from tests.syndication.feeds.in_memory import InMemoryShelf, a_story
from tests.waiting import until

SITE = Site(url="https://news.example.org", name="Example News")
LOOPBACK = (ip_network("127.0.0.0/8"),)


async def confirms(call: Call) -> Reply:
    """Say yes to whatever is asked, as a subscriber that meant it."""
    challenge = parse_qs(urlsplit(call.path).query).get("hub.challenge", [""])[0]
    return Reply(200, body=challenge.encode())


class Room:
    """A hub as the service builds it, and feeds that can grow."""

    def __init__(self, app: ASGIApp, hubs: Hubs, shelf: InMemoryShelf) -> None:
        self.app, self.hubs, self.shelf = app, hubs, shelf

    async def ask(self, callback: str, **fields: str) -> Answer:
        form = {"hub.mode": "subscribe", "hub.topic": f"{SITE.url}/feeds/all.atom", "hub.callback": callback}
        form |= {name.replace("_", ".", 1): value for name, value in fields.items()}
        kind = {"content-type": "application/x-www-form-urlencoded"}
        return await ask(self.app, "POST", "/websub", body=urlencode(form).encode(), headers=kind)

    async def subscribed(self, subscriber: Receiver, **fields: str) -> dict[str, str]:
        """Subscribe, and return what the subscriber was asked."""
        before = len(subscriber.calls)
        answer = await self.ask(f"{subscriber.url}?user=1", **fields)
        assert answer.status == 202, answer.body
        await until(lambda: len(subscriber.calls) > before)
        told = parse_qs(urlsplit(subscriber.calls[-1].path).query)
        await until(self._settled)
        return {name: values[0] for name, values in told.items()}

    async def _settled(self) -> bool:
        return not await self.hubs.pending()

    async def delivered(self, subscriber: Receiver, headline: str) -> Call:
        before = len(subscriber.calls)
        self.shelf.publish(a_story(id=f"desk-{headline}", headline=headline))
        await until(lambda: len(subscriber.calls) > before)
        return subscriber.calls[-1]


@asynccontextmanager
async def a_room(store: Store, folder: Path, **over: Any) -> AsyncIterator[Room]:
    fields: dict[str, Any] = {"data_dir": folder, "allow_networks": LOOPBACK, "public_url": SITE.url} | over
    settings = Settings(**fields)
    session = connect(settings.allow_networks)
    shelf = InMemoryShelf()
    shelf.publish(a_story())
    press = Press(shelf, SITE, fresh_for=0)
    hub = WebSub(settings, store, session, shelf, press, SITE)
    hubs = Hubs(store, sealer(settings.secret_key, folder))
    hub.tick.start()
    try:
        yield Room(application([*routes(press), *hub.routes]), hubs, shelf)
    finally:
        await hub.tick.stop()
        await hub.hub.stop()
        await session.close()


@pytest.fixture
async def room(store: Store, tmp_path: Path) -> AsyncIterator[Room]:
    async with a_room(store, tmp_path) as room:
        yield room


@pytest.mark.parametrize("ending", ["atom", "rss", "json"])
@pytest.mark.parametrize("secret", [None, "a shared secret"])
async def test_a_subscriber_is_asked_and_then_sent_what_a_get_would_give(
    room: Room, ending: str, secret: str | None
) -> None:
    topic = f"{SITE.url}/feeds/all.{ending}"
    async with a_receiver(confirms) as subscriber:
        more = {"hub_secret": secret} if secret else {}
        told = await room.subscribed(subscriber, hub_topic=topic, hub_lease_seconds="3600", **more)
        assert (told["hub.mode"], told["hub.topic"], told["user"]) == ("subscribe", topic, "1")
        assert told["hub.challenge"]
        assert told["hub.lease_seconds"] == "3600"
        call = await room.delivered(subscriber, "New")
        shown = await ask(room.app, "GET", topic.removeprefix(SITE.url))
        assert (call.body, call.headers["content-type"]) == (shown.body, shown.headers["content-type"])
        assert call.path.endswith("?user=1")
        assert f'<{SITE.url}/websub>; rel="hub"' in call.headers["link"]
        assert f'<{topic}>; rel="self"' in call.headers["link"]
        signed = f"sha256={hmac.new(secret.encode(), call.body, 'sha256').hexdigest()}" if secret else None
        assert call.headers.get("x-hub-signature") == signed


async def test_parameters_the_hub_does_not_know_are_nothing_to_it(room: Room) -> None:
    async with a_receiver(confirms) as subscriber:
        told = await room.subscribed(subscriber, foo="bar", hub_future="yes")
        assert "hub.future" not in told
        await room.delivered(subscriber, "New")


async def test_subscribing_again_is_one_subscription(room: Room) -> None:
    async with a_receiver(confirms) as subscriber:
        await room.subscribed(subscriber, hub_secret="old")
        await room.subscribed(subscriber, hub_secret="new")
        call = await room.delivered(subscriber, "New")
        assert call.headers["x-hub-signature"] == f"sha256={hmac.new(b'new', call.body, 'sha256').hexdigest()}"
        before = len(subscriber.calls)
        await room.delivered(subscriber, "Newer")
        assert len(subscriber.calls) == before + 1


async def test_who_unsubscribed_is_sent_nothing_more(room: Room) -> None:
    async with a_receiver(confirms) as subscriber, a_receiver(confirms) as other:
        await room.subscribed(subscriber)
        await room.subscribed(other)
        told = await room.subscribed(subscriber, hub_mode="unsubscribe")
        assert told["hub.mode"] == "unsubscribe"
        before = len(subscriber.calls)
        await room.delivered(other, "New")
        assert len(subscriber.calls) == before


@pytest.mark.parametrize("answer", [Reply(302, {"location": "/elsewhere"}), Reply(200, body=b"no"), Reply(404)])
async def test_who_does_not_confirm_is_sent_nothing(room: Room, answer: Reply) -> None:
    async def refuses(_call: Call) -> Reply:
        return answer

    async with a_receiver(refuses) as subscriber, a_receiver(confirms) as other:
        await room.subscribed(subscriber)
        await room.subscribed(other)
        await room.delivered(other, "New")
        assert [call.path.partition("?")[0] for call in subscriber.calls] == [urlsplit(subscriber.url).path]


async def test_an_address_inside_is_refused_before_anybody_is_asked(store: Store, tmp_path: Path) -> None:
    async with a_room(store, tmp_path, allow_networks=()) as room, a_receiver(confirms) as subscriber:
        answer = await room.ask(subscriber.url)
        assert answer.status == 400
        assert b"hub.callback" in answer.body
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert subscriber.calls == []
