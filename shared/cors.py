"""Routes that any web page may read: they tell browsers so that ask first; what an answer lets be read is its own."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

LEAVE = {
    "allow": "GET, HEAD, OPTIONS",
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET, HEAD",
    "access-control-allow-headers": "*",
    "access-control-max-age": "86400",
}
"""Any header: `If-None-Match` is one that a browser asks about, and so may be what an extension adds."""


class OpenRoute(Route):
    """A route for GET and HEAD that answers a preflight, too (Fetch, section 3.3.3)."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer OPTIONS for the endpoint, which knows nothing of it."""
        if scope["method"] == "OPTIONS":
            await Response(status_code=204, headers=LEAVE)(scope, receive, send)
        else:
            await super().handle(scope, receive, send)
