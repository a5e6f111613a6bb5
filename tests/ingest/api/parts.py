"""Ingest's routes on a store, with a real guard."""

from __future__ import annotations

from typing import Any

from services.ingest.api.articles import Articles
from services.ingest.api.discover import Discover
from services.ingest.api.hooks import GhostHooks
from services.ingest.api.hooks_websub import WebSubHooks
from services.ingest.api.opml import Opml
from services.ingest.api.sources import Sources
from services.ingest.asking import Asking
from services.ingest.ghost.store import Replays
from services.ingest.turns import Turns
from services.ingest.websub.store import SubscriptionStore
from shared.auth import Guard
from shared.http_client import NoAnswer
from shared.idempotency import Idempotency
from shared.redis import Store
from shared.web import application
from tests.asgi import Answer, ask
from tests.builders import SEALS
from tests.ingest.parts import Bench

TOKEN = "an-admin-token-for-tests"


class Api(Bench):
    """A bench behind HTTP; `refusal` is what the address check says."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.refusal: str | None = None
        self.woken = 0
        guard, once = Guard(store, TOKEN), Idempotency(store)
        articles = Articles(self.intake, self.pressure, guard, once, "https://wire.example.org")
        sources = Sources(self.sources, guard, once, self._check, self.clock, self._wake)
        finding = Discover(guard, self._check, Asking(self._get, Turns(store, self.clock, spacing=0), self.clock), {})
        lists = Opml(self.sources, guard, once, self._check, self.clock, self._wake)
        ghost = GhostHooks(self.sources, self.intake, self.pressure, Replays(store), self.clock)
        hubs = SubscriptionStore(store, SEALS)
        websub = WebSubHooks(self.sources, hubs, self.intake, self.pressure, self.clock, self._wake)
        self.routes = [*articles.routes, *finding.routes, *lists.routes, *sources.routes, *ghost.routes, *websub.routes]
        self.app = application(self.routes)

    async def ask(self, method: str, path: str, json: Any = None, **over: Any) -> Answer:
        return await ask(self.app, method, f"/api/v1{path}", json=json, **{"token": TOKEN} | over)

    async def _get(self, _url: str, **_asked: Any) -> NoAnswer:
        return NoAnswer("nobody answers here", 0.0)

    async def _check(self, _url: str) -> str | None:
        return self.refusal

    def _wake(self) -> None:
        self.woken += 1
