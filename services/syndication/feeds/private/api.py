"""Private feeds over the API: made, listed, taken away; a consumer sees and touches only its own."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.syndication.answers import answer
from services.syndication.feeds.formats import OPEN_FORMATS, PARTNERS
from services.syndication.feeds.private.asked import PATH, NewPrivateFeed
from services.syndication.feeds.private.records import MOST, PrivateFeed, PrivateFeeds
from services.syndication.feeds.site import Site
from services.syndication.within import both
from shared.auth import Admin, Guard, Principal
from shared.idempotency import Idempotency
from shared.problems import problem
from shared.query import QueryError
from shared.requests import read_body, read_model, unreadable
from shared.times import rfc3339

ROOT = "/api/v1/private-feeds"
BODY_LIMIT = 64 * 1024

Handler = Callable[[Request, Principal], Awaitable[Response]]


class PrivateFeedRoutes:
    """The three of them, behind a key."""

    def __init__(
        self, feeds: PrivateFeeds, site: Site, guard: Guard, idempotency: Idempotency, now: Callable[[], datetime]
    ) -> None:
        self._feeds, self._site, self._guard, self._idempotency, self._now = feeds, site, guard, idempotency, now

    @property
    def routes(self) -> list[Route]:
        """Return them."""
        return [
            Route(ROOT, self._known(self._list), methods=["GET"]),
            Route(ROOT, self._known(self._make), methods=["POST"]),
            Route(f"{ROOT}/{{id}}", self._known(self._revoke), methods=["DELETE"]),
        ]

    def _known(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def checked(request: Request) -> Response:
            who = await self._guard.identify(request)
            return self._guard.unauthorized() if who is None else await handler(request, who)

        return checked

    async def _list(self, _request: Request, who: Principal) -> Response:
        return answer({"private_feeds": [_shown(one) for one in await self._feeds.list() if _may(who, one.consumer)]})

    async def _make(self, request: Request, who: Principal) -> Response:
        body = await read_body(request, BODY_LIMIT)
        if isinstance(body, Response):
            return body
        asked = read_model(NewPrivateFeed, body)
        if isinstance(asked, Response):
            return asked
        consumer = asked.consumer or "" if isinstance(who, Admin) else who.id
        refused = await self._refused(asked, consumer, who)
        if refused is not None:
            return refused

        async def make() -> Response:
            fields: dict[str, Any] = asked.model_dump() | {"consumer": consumer}
            feed = PrivateFeed(id=secrets.token_hex(8), created_at=rfc3339(self._now()), **fields)
            return answer(_shown(feed) | {"urls": self._urls(await self._feeds.make(feed))}, 201)

        return await self._idempotency.once(request, body, make, keep=_without_urls)

    async def _refused(self, asked: NewPrivateFeed, consumer: str, who: Principal) -> Response | None:
        """Return why a feed cannot be made, or None."""
        if not _may(who, asked.consumer or consumer):
            return problem(404, "there is no such consumer")
        terms = await self._feeds.terms(consumer) if consumer else None
        if terms is None:
            message = "must name the consumer whose feed it is"
            return problem(422, f"consumer {message}", errors=[("consumer", message)])
        try:
            both(terms.query, asked.query)
        except QueryError as error:
            return unreadable("query", error)
        if sum(one.consumer == consumer for one in await self._feeds.list()) >= MOST:
            return problem(409, f"a consumer may have {MOST} private feeds; revoke one first")
        return None

    async def _revoke(self, request: Request, who: Principal) -> Response:
        feed = await self._feeds.get(request.path_params["id"])
        if feed is None or not _may(who, feed.consumer):
            return problem(404, "there is no such private feed")
        await self._feeds.drop(feed.id)
        return Response(status_code=204)

    def _urls(self, token: str) -> dict[str, str]:
        return {
            ending.removesuffix(".rss") if ending in PARTNERS else ending: f"{self._site.url}{PATH}/{token}.{ending}"
            for ending in (*OPEN_FORMATS, *PARTNERS)
        }


def _may(who: Principal, consumer: str) -> bool:
    return isinstance(who, Admin) or who.id == consumer


def _shown(feed: PrivateFeed) -> dict[str, Any]:
    return {name: value for name, value in asdict(feed).items() if name != "digest"}


def _without_urls(body: bytes) -> bytes:
    """Return the answer as it may be kept: an address is shown once."""
    return orjson.dumps(orjson.loads(body) | {"urls": None})
