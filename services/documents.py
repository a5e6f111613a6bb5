"""The documents about the interfaces: OpenAPI with webhooks, AsyncAPI of the streams, a page for people.

They describe all three services, so they are made here, where all three are known, and served by syndication.
"""

from __future__ import annotations

from html import escape
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from services.enrichment import app as enrichment
from services.ingest import app as ingest
from services.syndication import app as syndication
from shared.bus.description import asyncapi
from shared.settings import Settings
from shared.streams import ARTICLE_ENRICHED, ARTICLE_INGESTED

VERSION = "1"
ABOUT = (
    "News in from anywhere, out as feeds and signed webhooks. Errors are RFC 9457 problem documents; "
    "Idempotency-Key is honoured on every POST that creates."
)


class Documents:
    """`/openapi.json`, `/asyncapi` and `/docs`, made on first request and the same from then on."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._made: dict[str, bytes] = {}

    @property
    def routes(self) -> list[Route]:
        """The three of them."""
        return [
            Route("/openapi.json", self._openapi),
            Route("/asyncapi", self._asyncapi),
            Route("/docs", self._docs),
        ]

    async def _openapi(self, _request: Request) -> Response:
        if "openapi" not in self._made:
            self._made["openapi"] = orjson.dumps(openapi(self._settings.public_url))
        return Response(self._made["openapi"], media_type="application/json")

    async def _asyncapi(self, _request: Request) -> Response:
        if "asyncapi" not in self._made:
            self._made["asyncapi"] = asyncapi(WIRING, self._settings.partitions, ABOUT)
        return Response(self._made["asyncapi"], media_type="application/json")

    async def _docs(self, _request: Request) -> Response:
        return HTMLResponse(page(openapi(self._settings.public_url)), headers=PAGE_HEADERS)


WIRING = (
    (ingest.NAME, None, ARTICLE_INGESTED),
    (enrichment.NAME, ARTICLE_INGESTED, ARTICLE_ENRICHED),
    (syndication.NAME, ARTICLE_ENRICHED, None),
)


def openapi(public_url: str) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of every path and webhook."""
    parts = [ingest.openapi(), syndication.openapi()]
    return {
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


def _merged(parts: Any) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for part in parts:
        for name, value in part.items():
            whole[name] = {**whole[name], **value} if name in whole else value
    return dict(sorted(whole.items()))


PAGE_HEADERS = {"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'"}

STYLE = """
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h2{font-size:1rem;margin:1.6rem 0 .3rem;font-family:ui-monospace,monospace;overflow-wrap:anywhere}
b{display:inline-block;min-width:5rem;text-indent:0}
p{margin:.2rem 0}
h2~p{padding-left:5rem;text-indent:-5rem}
a{color:inherit}
"""


def page(document: dict[str, Any]) -> str:
    """Return the paths and webhooks as a plain page: no script, nothing from elsewhere."""
    rows = [_section(path, operations) for path, operations in document["paths"].items()]
    hooks = [_section(name, operations) for name, operations in document["webhooks"].items()]
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>Wireroom API</title><style>{STYLE}</style><h1>Wireroom API</h1>"
        f"<p>{escape(ABOUT)}</p>"
        '<p><a href="/openapi.json">OpenAPI</a> · <a href="/asyncapi">AsyncAPI</a></p>'
        f"{''.join(rows)}<h1>Webhooks</h1>{''.join(hooks)}</html>"
    )


def _section(name: str, operations: dict[str, Any]) -> str:
    lines = "".join(
        f"<p><b>{escape(method.upper())}</b> {escape(operation.get('summary', ''))}</p>"
        for method, operation in operations.items()
        if isinstance(operation, dict)
    )
    return f"<h2>{escape(name)}</h2>{lines}"
