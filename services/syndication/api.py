"""The API to read by: articles and their versions, dead letters; consumers and the ledger are apart."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.syndication import clusters
from services.syndication.answers import answer
from services.syndication.clusters import cluster_of
from services.syndication.consumer_routes import ConsumerRoutes
from services.syndication.embargo import Embargoes
from services.syndication.embargo.api import shown as as_embargoed
from services.syndication.related import Card
from services.syndication.rights import Restriction, allowed, restriction_of, told
from services.syndication.store import Library
from services.syndication.within import Within, allows
from shared.auth import Admin, Consumer, Endpoint, Guard, Principal
from shared.bus import DeadLetters
from shared.events import Article
from shared.idempotency import Idempotency
from shared.problems import problem
from shared.redis import Store
from shared.requests import whole_number

log = structlog.get_logger()

MOST = 9_007_199_254_740_991
"""The largest whole number JSON readers agree on (RFC 8259 section 6)."""


class Api:
    """Routes below /api/v1 that read; a consumer may read articles and the ledger, the rest is the admin's."""

    def __init__(
        self,
        library: Library,
        letters: DeadLetters,
        embargoes: Embargoes,
        *,
        store: Store,
        guard: Guard,
        idempotency: Idempotency,
        now: Callable[[], datetime],
        leaving: Callable[[str], Awaitable[None]],
    ) -> None:
        self._library, self._letters, self._embargoes = library, letters, embargoes
        self._guard, self._within = guard, Within(store)
        self._consumers = ConsumerRoutes(store, guard=guard, idempotency=idempotency, now=now, leaving=leaving)

    @property
    def routes(self) -> list[Route]:
        """All of them, each behind its key."""
        known, admin = self._known, self._guard.admins
        return [
            Route("/api/v1/articles/{id}", known(self._article)),
            Route("/api/v1/articles/{id}/versions", known(self._versions)),
            Route("/api/v1/articles/{id}/cluster", known(self._cluster)),
            *self._consumers.routes,
            Route("/api/v1/dead-letters", admin(self._dead_letters)),
            Route("/api/v1/dead-letters/{id}/retry", admin(self._retry), methods=["POST"]),
            Route("/api/v1/dead-letters/{id}", admin(self._forget), methods=["DELETE"]),
        ]

    def _known(self, endpoint: Endpoint) -> Endpoint:
        async def checked(request: Request) -> Response:
            if await self._guard.identify(request) is None:
                return self._guard.unauthorized()
            return await endpoint(request)

        return checked

    async def _article(self, request: Request) -> Response:
        article_id = request.path_params["id"]
        head = await self._library.ledger.head(article_id)
        document = await self._library.document(article_id, head.version) if head else None
        if document is None:
            # What is under an embargo is there for the admin alone.
            admin = isinstance(await self._guard.identify(request), Admin)
            waiting = await self._embargoes.article(article_id) if admin else None
            if waiting is None:
                return _missing(article_id)
            document = as_embargoed(waiting)
        shown = await self._shown([document], request)
        if not shown:
            return _missing(article_id)
        return Response(shown[0], 200, {"cache-control": "no-store"}, "application/json")

    async def _shown(
        self, documents: list[bytes], request: Request, restriction: Restriction | None = None
    ) -> list[bytes]:
        """Return versions of an article under this restriction as who asks may have them: the admin whole."""
        who = await self._guard.identify(request)
        if not isinstance(who, Consumer):
            return documents
        within = await self._within.of(who)
        if within is not None:
            documents = [each for each in documents if allows(within, Article.model_validate_json(each))]
        return [allowed(told(each, restriction), who.reuse) for each in documents]

    async def _versions(self, request: Request) -> Response:
        article_id = request.path_params["id"]
        head = await self._library.ledger.head(article_id)
        if head is None:
            return _missing(article_id)
        versions = [v for v in await self._library.articles.versions(article_id) if v <= head.version]
        documents = [await self._library.document(article_id, version) for version in versions]
        restriction = restriction_of(await self._library.document(article_id, head.version))
        shown = await self._shown([each for each in documents if each is not None], request, restriction)
        if documents and not shown:
            return _missing(article_id)
        return Response(
            b'{"versions":[' + b",".join(shown) + b"]}", 200, {"cache-control": "no-store"}, "application/json"
        )

    async def _cluster(self, request: Request) -> Response:
        article_id = request.path_params["id"]
        who = await self._guard.identify(request)
        found = await cluster_of(article_id, partial(self._cards, who), self._library.articles.copies)
        return _missing(article_id) if found is None else answer(clusters.shown(found))

    async def _cards(self, who: Principal | None, article_ids: Sequence[str]) -> list[Card | None]:
        """Return what is shown elsewhere of articles, None for each that who asks may not have."""
        cards: list[Card | None] = [*await self._library.cards(article_ids)]
        if isinstance(who, Consumer):
            cards = [None if card is None or card.status == "withheld" else card for card in cards]
        within = await self._within.of(who) if who is not None else None
        if within is None:
            return cards
        found = [await self._library.article(card.id, card.version) if card else None for card in cards]
        return [
            card if each is not None and allows(within, each) else None for card, each in zip(cards, found, strict=True)
        ]

    async def _dead_letters(self, request: Request) -> Response:
        limit = whole_number(request, "limit", 100, least=1, most=1000)
        if isinstance(limit, Response):
            return limit
        letters = await self._letters.list(limit)
        return answer({"dead_letters": [letter.as_dict() for letter in letters], "count": await self._letters.count()})

    async def _retry(self, request: Request) -> Response:
        if not await self._letters.retry(request.path_params["id"]):
            return _no_letter(request.path_params["id"])
        log.info("dead_letter.retried", id=request.path_params["id"])
        return answer({"id": request.path_params["id"], "status": "retried"}, 202)

    async def _forget(self, request: Request) -> Response:
        if not await self._letters.delete(request.path_params["id"]):
            return _no_letter(request.path_params["id"])
        log.info("dead_letter.deleted", id=request.path_params["id"])
        return Response(status_code=204)


def _missing(article_id: str) -> Response:
    return problem(404, f"there is no article {article_id[:100]!r}")


def _no_letter(id: str) -> Response:
    return problem(404, f"there is no dead letter {id[:100]!r}")
