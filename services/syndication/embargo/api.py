"""What is under an embargo, for the admin: which versions, until when, and what they say."""

from __future__ import annotations

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.syndication.embargo.holding import Embargoes
from shared.auth import Guard
from shared.events import Article, to_json
from shared.problems import problem
from shared.requests import whole_number

PRIVATE = {"cache-control": "no-store"}
JSON = "application/json"
MOST = 2**31


def shown(article: Article) -> bytes:
    """Return a version that waits as the admin sees it: its status says so."""
    return to_json(article.model_dump() | {"status": "embargoed"})


class EmbargoRoutes:
    """GET /api/v1/articles/embargoed and GET /api/v1/articles/{id}/embargoed."""

    def __init__(self, embargoes: Embargoes, guard: Guard) -> None:
        self._embargoes, self._guard = embargoes, guard

    @property
    def routes(self) -> list[Route]:
        """Both of them."""
        return [
            Route("/api/v1/articles/embargoed", self._guard.admins(self._list)),
            Route("/api/v1/articles/{id}/embargoed", self._guard.admins(self._one)),
        ]

    async def _list(self, request: Request) -> Response:
        first = whole_number(request, "after", 0, least=0, most=MOST)
        limit = whole_number(request, "limit", 100, least=1, most=1000)
        if isinstance(first, Response):
            return first
        if isinstance(limit, Response):
            return limit
        found = await self._embargoes.list(first, limit)
        following = first + limit if len(found) == limit else None
        body = {"embargoed": [asdict(one) for one in found], "next": following}
        return Response(to_json(body), 200, PRIVATE, JSON)

    async def _one(self, request: Request) -> Response:
        article_id = request.path_params["id"]
        article = await self._embargoes.article(article_id)
        if article is None:
            return problem(404, f"no version of {article_id[:100]!r} is under an embargo")
        return Response(shown(article), 200, PRIVATE, JSON)
