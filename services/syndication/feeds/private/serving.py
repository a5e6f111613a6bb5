"""Private feeds to their readers: as the public ones, but never kept by who stands between, and never named in logs."""

from __future__ import annotations

import structlog
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from services.syndication.feeds.document import Header
from services.syndication.feeds.press import Press
from services.syndication.feeds.private.asked import PATH, page_of
from services.syndication.feeds.private.records import PrivateFeeds
from services.syndication.feeds.routes import ENDINGS, asked_number, give, unknown
from shared.query import QueryError

log = structlog.get_logger()

HEADERS: list[Header] = [
    (b"cache-control", b"private, no-store"),
    (b"vary", b"Accept-Encoding, A-IM"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-robots-tag", b"noindex, nofollow"),
    (b"x-content-type-options", b"nosniff"),
]
"""Without CORS: a page elsewhere has no business with it."""


def routes(feeds: PrivateFeeds, press: Press) -> list[Route]:
    """Return the routes of private feeds in every format, for GET and HEAD."""
    return [Route(f"{PATH}/{{token}}.{ending}", Private(feeds, press, ending), methods=["GET"]) for ending in ENDINGS]


class Private:
    """Serves private feeds in one format as an ASGI application."""

    def __init__(self, feeds: PrivateFeeds, press: Press, ending: str) -> None:
        self._feeds, self._press, self._ending = feeds, press, ending

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a GET or HEAD with the document, 304, or a problem document."""
        # What fails further on is logged by its path, and this one is a key.
        scope["path"] = f"{PATH}/…"
        before = asked_number(scope["query_string"], "before")
        if isinstance(before, Response):
            await before(scope, receive, send)
            return
        token = scope["path_params"]["token"]
        found = await self._feeds.opened(token)
        if found is None:
            await unknown()(scope, receive, send)
            return
        try:
            page = page_of(*found, token, before, self._ending)
        except QueryError as error:
            log.warning("feed.private.unreadable", feed=found[0].id, consumer=found[0].consumer, error=str(error))
            await unknown()(scope, receive, send)
            return
        await give(self._press, page, scope, receive, send, HEADERS)
