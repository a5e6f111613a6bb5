"""The documents about the interfaces: OpenAPI with webhooks, AsyncAPI of the streams, a page for people.

They describe all three services, so they are made here, where all three are known, and served by syndication.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from services.enrichment import app as enrichment
from services.ingest import app as ingest
from services.reference import completed, page, policy
from services.syndication import app as syndication
from services.syndication.feeds.document import Document, Header, seal
from services.syndication.page.answering import answer
from shared.bus.description import asyncapi
from shared.settings import Settings
from shared.streams import ARTICLE_ENRICHED, ARTICLE_INGESTED

VERSION = "1"
ABOUT = (
    "News in from anywhere, out as feeds and signed webhooks. Errors are RFC 9457 problem documents; "
    "Idempotency-Key is honoured on every POST that creates."
)


FRESH = b"public, max-age=300"
HEADERS: tuple[Header, ...] = ((b"x-content-type-options", b"nosniff"), (b"vary", b"Accept-Encoding"))


class Documents:
    """`/openapi.json`, `/asyncapi` and `/docs`, made on first request and the same from then on."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @property
    def routes(self) -> list[Route]:
        """The three of them."""
        made = {
            "/openapi.json": _Made("application/json", lambda: orjson.dumps(self._described())),
            "/asyncapi": _Made("application/json", lambda: asyncapi(WIRING, self._settings.partitions, ABOUT)),
            "/docs": _Made("text/html", lambda: page(self._described()).encode()),
        }
        return [Route(path, endpoint, methods=["GET"]) for path, endpoint in made.items()]

    def _described(self) -> dict[str, Any]:
        return openapi(self._settings.public_url)


@dataclass(slots=True)
class _Made:
    """Answers with a document that is made when it is first asked for."""

    media_type: str
    make: Callable[[], bytes]
    made: Document | None = None

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        if self.made is None:
            self.made = await asyncio.to_thread(lambda: seal([self.make()], media_type=self.media_type, modified=None))
        headers = (*HEADERS, (b"content-security-policy", policy().encode()))
        await answer(self.made, scope, send, headers=headers, caching=FRESH)


WIRING = (
    (ingest.NAME, None, ARTICLE_INGESTED),
    (enrichment.NAME, ARTICLE_INGESTED, ARTICLE_ENRICHED),
    (syndication.NAME, ARTICLE_ENRICHED, None),
)


def openapi(public_url: str) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of every path and webhook."""
    parts = [ingest.openapi(), syndication.openapi()]
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Wireroom", "version": VERSION, "description": ABOUT},
        "servers": [{"url": public_url}],
        "security": [{"key": []}],
        "paths": _merged(part.get("paths", {}) for part in parts),
        "webhooks": _merged(part.get("webhooks", {}) for part in parts),
        "components": {
            "schemas": _merged(part.get("schemas", {}) for part in parts),
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }
    return completed(document)


def _merged(parts: Any) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for part in parts:
        for name, value in part.items():
            whole[name] = {**whole[name], **value} if name in whole else value
    return dict(sorted(whole.items()))
