"""A desk whose versions wait, are released and taken back on a real store, with webhooks beside it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from services.syndication.ledger import Ledger
from services.syndication.store import Articles, Library
from services.syndication.webhooks.choices import Choices
from services.syndication.webhooks.subscriptions import Subscription
from services.syndication.webhooks.wiring import Webhooks
from shared.auth import CONSUMERS
from shared.bus import Done, Later
from shared.events import Retraction
from shared.redis import Store
from tests.builders import an_article, an_enriched
from tests.receiver import Receiver
from tests.syndication.parts import handlers_on, releases_on
from tests.syndication.webhooks.bed import a_replica, subscribe

ID = an_article().id
EARLY = Choices(embargoed=True)
HOUR = timedelta(hours=1)


class Newsdesk:
    """What waits does so until a moment in the future; `release` lets it go as if that had come."""

    def __init__(self, store: Store) -> None:
        self.store, self.began = store, datetime.now(UTC).replace(microsecond=0)
        self.replicas: list[Webhooks] = []
        self.handlers = handlers_on(store, now=lambda: datetime.now(UTC), nudge=self.nudge, wake=self.wake)
        self.library = Library(Ledger(store), Articles(store))

    def wake(self) -> None:
        for each in self.replicas:
            each.early.wake()

    def nudge(self) -> None:
        for each in self.replicas:
            each.nudge()

    async def on(self, version: int, ahead: timedelta | None = HOUR, **more: Any) -> Done | Later:
        about = {name: more.pop(name) for name in ("correction", "retraction") if name in more}
        end = None if ahead is None else self.began + ahead
        article = an_article(version=version, embargoed_until=end, **more)
        outcome = await self.handlers.on_article_enriched(an_enriched(article=article, **about))
        self.wake()
        return outcome

    async def retract(self, version: int) -> Done | Later:
        return await self.on(version, None, status="canceled", retraction=Retraction(reason="Killed."))

    async def release(self) -> None:
        """End all embargoes."""
        await releases_on(self.store, now=lambda: self.began + 24 * HOUR, nudge=self.nudge).tick()
        self.wake()

    async def settled(self) -> bool:
        """Tell whether everything has been looked at."""
        return not await self.store.do("EXISTS", "{ledger}:untold")

    @contextlib.asynccontextmanager
    async def replica(self, **over: Any) -> AsyncIterator[Webhooks]:
        async with a_replica(self.store, self.library, **over) as replica:  # type: ignore[arg-type]  # the real one
            self.replicas.append(replica)
            try:
                yield replica
            finally:
                self.replicas.remove(replica)

    async def consumer(self, id: str = "partner", *, early: bool = True, query: str = "") -> None:
        record = {"name": id, "key": "", "created_at": "", "query": query} | ({"embargo": "early"} if early else {})
        await self.store.do("HSET", CONSUMERS, id, orjson.dumps(record))

    async def partner(self, receiver: Receiver, **over: Any) -> Subscription:
        """Make a subscription of a trusted consumer that asks for articles early."""
        await self.consumer()
        return await subscribe(self.store, receiver.url, **{"owner": "partner", "choices": EARLY, **over})


def told(receiver: Receiver) -> list[tuple[str, int]]:
    """Return type and version of what a receiver got."""
    return [(call.event["type"], call.version[1]) for call in receiver.calls]
