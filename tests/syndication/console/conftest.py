"""The console over the real API, with a line that was looked at twice."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from starlette.types import ASGIApp

from services.syndication.api import Api
from services.syndication.console.line import TURN, Line
from services.syndication.console.wiring import Sights, console
from services.syndication.embargo import Embargoes, Texts
from services.syndication.events import Events
from services.syndication.ledger import Ledger
from services.syndication.portal.wiring import portal
from services.syndication.reading import Reading
from services.syndication.store import Articles, Library
from services.syndication.within import Within
from shared.auth import Guard
from shared.bus import DeadLetters, Groups
from shared.glance import Glance
from shared.idempotency import Idempotency
from shared.redis import Store
from shared.refusals import Refusals
from shared.times import now, rfc3339
from shared.web import application
from tests.builders import an_article, an_enriched
from tests.receiver import Receiver, a_receiver
from tests.syndication.page.building import a_printer, parsed
from tests.syndication.parts import handlers_on
from tests.syndication.portal.scene import URL, Developer
from tests.syndication.webhooks.bed import TOKEN, MemoryLedger, a_replica


@dataclass
class Room:
    """The console, what it shows, and an operator's browser."""

    app: ASGIApp
    store: Store
    line: Line
    receiver: Receiver
    ledger: MemoryLedger

    async def operator(self, key: str = TOKEN) -> Developer:
        browser = Developer(self.app)
        await browser.post("/console/sign-in", key=key)
        return browser

    async def publish(self, number: int) -> None:
        article = an_article(id=f"desk-{number}", guid=str(number), headline=f"Story {number}")
        await handlers_on(self.store, now=now).on_article_enriched(an_enriched(article=article))

    async def sampled(self, count: int) -> None:
        for _ in range(count):
            await self.store.do("DEL", TURN)
            await self.line.sample()

    async def told(self, *rows: dict[str, object], seconds_ago: float = 0) -> None:
        """Have ingest told of sources."""
        at = rfc3339(now() - timedelta(seconds=seconds_ago))
        await Glance(self.store).tell({"at": at, "counts": {"failing": len(rows)}, "sources": [*rows]})


@pytest.fixture
async def room(store: Store) -> AsyncIterator[Room]:
    guard, library, memory = Guard(store, TOKEN), Library(Ledger(store), Articles(store)), MemoryLedger()
    letters = DeadLetters(store, 1)
    depths = {"article.ingested": letters.count}
    line = Line(store, depths, library.ledger.latest, letters.count, lambda: now().timestamp())
    async with a_receiver() as receiver, a_replica(store, memory) as replica:
        embargoes, once = Embargoes(library.ledger, Texts(store), lambda: None), Idempotency(store)
        api = Api(
            library, letters, embargoes, store=store, guard=guard, idempotency=once, now=now, leaving=replica.leave
        )
        events = Events(
            library=library, reading=Reading(library), guard=guard, within=Within(store), assigned=replica.gap
        )
        routes = [*api.routes, *events.routes, *replica.routes]
        sights = Sights(line, Groups(store, 1), Glance(store), Refusals(store, time.time))
        pages = [
            *console(guard, routes, a_printer, URL, sights),
            *portal(guard, routes, a_printer, URL),
        ]
        yield Room(application([*routes, *pages]), store, line, receiver, memory)


def words(body: bytes) -> str:
    """Return what a page says."""
    return " ".join(parsed(body).text_content().split())
