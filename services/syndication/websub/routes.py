"""POST /websub: takes what a subscriber asks, and answers before it is verified."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from services.syndication.feeds.site import Site
from services.syndication.websub.asked import Refused, read
from services.syndication.websub.store import Hubs
from shared.requests import read_body

BODY_LIMIT = 16 * 1024
MOST_FIELDS = 50
FORM = "application/x-www-form-urlencoded"

Check = Callable[[str], Awaitable[str | None]]
"""Says in words that follow "url" why an address may not be asked, or None."""


class WebSubRoutes:
    """The hub's one address."""

    def __init__(self, hubs: Hubs, site: Site, check: Check, wake: Callable[[], None]) -> None:
        self._hubs, self._site, self._check, self._wake = hubs, site, check, wake

    @property
    def routes(self) -> list[Route]:
        """Return it."""
        return [Route("/websub", self.ask, methods=["POST"])]

    async def ask(self, request: Request) -> Response:
        """Answer 202 to what will be verified, whatever comes of that; 4xx with the reason to what is wrong."""
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
            return PlainTextResponse(f"the request must be a form: {FORM}", 415)
        body = await read_body(request, BODY_LIMIT)
        if isinstance(body, Response):
            return body
        try:
            form = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS))
        except ValueError:
            return PlainTextResponse("the form cannot be read", 400)
        asked = read(form, self._site)
        if isinstance(asked, Refused):
            return PlainTextResponse(asked.reason, 400)
        refusal = await self._check(asked.callback)
        if refusal is not None:
            return PlainTextResponse(f"hub.callback {refusal}", 400)
        if not await self._hubs.ask(asked):
            return PlainTextResponse("too many requests wait to be verified", 503, {"retry-after": "60"})
        self._wake()
        return Response(status_code=202)
