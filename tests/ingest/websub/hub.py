"""A WebSub hub on loopback that subscribes, verifies, pushes and refuses as hubs do; and a newsroom to subscribe."""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from aiohttp import web

from services.ingest.api.hooks_websub import WebSubHooks
from services.ingest.document import Document
from services.ingest.source import Settings, Source
from services.ingest.turns import Turns
from services.ingest.websub.store import SubscriptionStore
from services.ingest.websub.subscriber import Subscriber
from services.ingest.websub.subscription import Subscription
from shared import http_client
from shared.redis import Store
from shared.web import application
from tests.asgi import Answer, ask
from tests.builders import SEALS
from tests.ingest.cms.asking import LOOPBACK, a_server
from tests.ingest.parts import Bench

CALLBACK = "https://wire.news.org/hooks/websub"
TOPIC = "https://bay.example/feed"


@dataclass
class Hub:
    """Keeps what it was asked; `status` is what it answers, `location` where it says it moved to."""

    url: str = ""
    status: int = 202
    location: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    @property
    def last(self) -> dict[str, str]:
        return self.asked[-1]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.paths.append(request.path)
        if self.location and request.path != "/moved":
            return web.Response(status=307, headers={"location": self.location})
        self.asked.append(dict(parse_qsl(await request.text())))
        return web.Response(status=self.status, text="the secret may be echoed here")


class Newsroom(Bench):
    """A subscriber and its hooks on a store, and one hub."""

    def __init__(self, store: Store, hub: Hub, session: http_client.Session) -> None:
        super().__init__(store)
        self.hub, self.woken = hub, 0
        self.subscriptions = SubscriptionStore(store, SEALS)
        self.subscriber = self.another(store, session)
        hooks = WebSubHooks(self.sources, self.subscriptions, self.intake, self.pressure, self.clock, self._wake)
        self.app = application(hooks.routes)

    def another(self, store: Store, session: http_client.Session, callback: str | None = CALLBACK) -> Subscriber:
        turns = Turns(store, self.clock, spacing=0)
        post = partial(http_client.post, session)
        return Subscriber(self.sources, self.subscriptions, post, turns, callback, self.clock, lambda: 0.5)

    async def source(self, **over: Any) -> Source:
        plain = {"id": "bay", "kind": "feed", "url": TOPIC}
        await self.sources.replace(Settings(**plain | over))
        await self.sources.note("bay", {"read_at": "2026-11-22T11:00:00Z", "body_hash": "x"})
        return await self.known()

    async def known(self) -> Source:
        source = await self.sources.get("bay")
        assert source is not None
        return source

    async def polled(self, accepted: int = 0, **over: Any) -> None:
        plain: dict[str, Any] = {"submissions": (), "hubs": (self.hub.url,), "topic": TOPIC}
        await self.subscriber.noticed(await self.known(), Document(**plain | over), accepted)

    async def subscription(self) -> Subscription | None:
        return await self.subscriptions.get("bay")

    async def verify(self, **over: str) -> Answer:
        """Ask back as the hub does, about its last request."""
        asked = self.hub.last
        question = {"hub.mode": asked["hub.mode"], "hub.topic": asked["hub.topic"], "hub.challenge": "c-1"}
        question |= {"hub.lease_seconds": asked["hub.lease_seconds"]} if "hub.lease_seconds" in asked else {}
        return await self.call("GET", question=question | over)

    async def push(self, body: bytes, header: str | None = None, **over: Any) -> Answer:
        asked = next(one for one in reversed(self.hub.asked) if "hub.secret" in one)
        signed = hmac.new(asked["hub.secret"].encode(), body, "sha256").hexdigest()
        headers = {"x-hub-signature": f"sha256={signed}" if header is None else header}
        headers |= {"content-type": "application/rss+xml"}
        return await self.call("POST", body=body, headers=headers, **over)

    async def call(self, method: str, question: Mapping[str, str] | None = None, **over: Any) -> Answer:
        parts = urlsplit(over.pop("callback", None) or self.hub.last["hub.callback"])
        query = "&".join(part for part in (parts.query, urlencode(question or {})) if part)
        return await ask(self.app, method, f"{parts.path}?{query}", **over)

    async def subscribed(self, **over: str) -> None:
        await self.source()
        await self.polled()
        await self.subscriber.tick()
        assert (await self.verify(**over)).status == 200

    def _wake(self) -> None:
        self.woken += 1


@asynccontextmanager
async def a_newsroom(store: Store) -> AsyncIterator[Newsroom]:
    hub = Hub()
    async with a_server(hub.answer) as hub.url:
        session = http_client.connect(LOOPBACK)
        newsroom = Newsroom(store, hub, session)
        try:
            yield newsroom
        finally:
            await newsroom.outbox.idle(5)
            await session.close()
