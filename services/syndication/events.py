"""The route to the ledger, for who would rather poll: all of it, what matches, or what a subscription was assigned."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.syndication.ahead import ahead
from services.syndication.reading import Asked, Reading
from services.syndication.store import Library
from services.syndication.webhooks.cuts import Cut
from services.syndication.within import Within
from shared.auth import Guard, Principal
from shared.problems import problem
from shared.requests import asked_query, whole_number

MOST = 9_007_199_254_740_991
"""The largest whole number JSON readers agree on (RFC 8259 section 6)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """`assigned` answers a request that names a subscription."""

    library: Library
    reading: Reading
    guard: Guard
    within: Within
    assigned: Callable[[Request], Awaitable[Response]]

    @property
    def routes(self) -> list[Route]:
        """The route."""
        return [Route("/api/v1/events", self._answer)]

    async def _answer(self, request: Request) -> Response:
        who = await self.guard.identify(request)
        if who is None:
            return self.guard.unauthorized()
        named = "subscription" in request.query_params
        return await (self.assigned(request) if named else self._events(request, who))

    async def _events(self, request: Request, who: Principal) -> Response:
        after = whole_number(request, "after", 0, least=0, most=MOST)
        limit = whole_number(request, "limit", 100, least=1, most=1000)
        if isinstance(after, Response):
            return after
        if isinstance(limit, Response):
            return limit
        query = asked_query(request)
        if isinstance(query, Response):
            return query
        if after and (first := await self.library.ledger.first()) > after + 1:
            detail = f"entries before {first} are kept no more; go on with after={first - 1}, what lies between is lost"
            return problem(410, detail, extra={"oldest": first})
        latest = await self.library.ledger.latest()
        if (refused := ahead(after, latest)) is not None:
            return refused
        asked = Asked(query, Cut(reuse=who.reuse), await self.within.of(who), who.sees)
        page = await self.reading.page(after, limit, asked)
        # Numbers that were passed over have no entry: whoever has read to the end is past them.
        after = max(page.next, latest) if page.end else page.next
        latest = max(after, latest)
        events = b",".join(event for _, event in page.events)
        body = b'{"events":[%s],"next":%d,"latest":%d}' % (events, after, latest)
        return Response(body, 200, {"cache-control": "no-store"}, "application/json")
