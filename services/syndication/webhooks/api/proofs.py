"""Routes by which a receiver proves that it misses nothing, and everybody sees what was confirmed and how fast."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from time import time
from typing import cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.syndication.ahead import ahead
from services.syndication.reading import event_json
from services.syndication.restrictions import restrictions
from services.syndication.rights import Restriction, told
from services.syndication.webhooks.api.access import ONE, Access, answer, owner_of
from services.syndication.webhooks.assigned import MOST_PROVEN, Assigned, Assignment
from services.syndication.webhooks.cuts import Cut
from services.syndication.webhooks.headlines import Headlines
from services.syndication.webhooks.message import EXIT
from services.syndication.webhooks.reading import LedgerReader
from services.syndication.webhooks.receipts import Receipts
from services.syndication.webhooks.retractions import Retractions
from services.syndication.webhooks.sent import Sent
from services.syndication.webhooks.subscriptions import Subscription
from shared.auth import Admin, Principal
from shared.events import to_json
from shared.problems import problem
from shared.requests import whole_number
from shared.times import now

_LAST = 10**11


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofRoutes:
    """Digests, figures and receipts; a consumer sees what is its own."""

    access: Access
    assigned: Assigned
    receipts: Receipts
    retractions: Retractions
    headlines: Headlines
    sent: Sent
    ledger: LedgerReader
    one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def routes(self) -> list[Route]:
        """The routes."""
        guarded = self.access.guarded
        return [
            Route(f"{ONE}/digest", guarded(self._digest), methods=["GET"]),
            Route(f"{ONE}/stats", guarded(self._stats), methods=["GET"]),
            Route("/api/v1/articles/{id}/receipts", guarded(self._receipts), methods=["GET"]),
            Route("/api/v1/retractions", guarded(self._retractions), methods=["GET"]),
        ]

    async def _digest(self, request: Request, principal: Principal) -> Response:
        found = await self.access.own(request, principal)
        latest = await self.ledger.latest()
        last = whole_number(request, "to", latest, least=0, most=_LAST)
        # Left out it is no fault: a ledger's numbers go past what one digest spans, and leap when some were lost.
        end = latest if isinstance(last, Response) else min(last, latest)
        first = whole_number(request, "from", max(1, end - MOST_PROVEN + 1), least=0, most=_LAST)
        if isinstance(found, Response) or isinstance(first, Response) or isinstance(last, Response):
            return next(each for each in (found, first, last) if isinstance(each, Response))
        if end - first >= MOST_PROVEN:
            return problem(422, f"from and to span more than {MOST_PROVEN} entries", errors=[("from", "too far back")])
        return answer(await self.assigned.digest(found, max(first, 1), last, now()))

    async def _stats(self, request: Request, principal: Principal) -> Response:
        found = await self.access.own(request, principal)
        if isinstance(found, Response):
            return found
        return answer(await self.sent.figures(found.id, int(time() * 1000)))

    async def _receipts(self, request: Request, principal: Principal) -> Response:
        after = whole_number(request, "after", 0, least=0, most=_LAST)
        if isinstance(after, Response):
            return after
        article_id = request.path_params["id"]
        found = await self.receipts.of(article_id, owner_of(principal), after)
        if found is None:
            return problem(404, "there is no such article")
        return answer({**found, "headline": await self._headline(principal, article_id, found["subscriptions"])})

    async def _retractions(self, request: Request, principal: Principal) -> Response:
        before = whole_number(request, "before", _LAST, least=1, most=_LAST)
        limit = whole_number(request, "limit", 20, least=1, most=100)
        if isinstance(before, Response) or isinstance(limit, Response):
            return before if isinstance(before, Response) else cast("Response", limit)
        # As for previews: it is work for the loop that also delivers.
        async with self.one_at_a_time:
            before = min(before, await self.ledger.latest() + 1)
            found = await self.retractions.recent(owner_of(principal), before, limit)
            for row in found["retractions"]:
                row["headline"] = await self.headlines.of(principal, row["article_id"])
            return answer(found)

    async def _headline(self, principal: Principal, article_id: str, subscriptions: int) -> str | None:
        """Return what an article is called, to whom it went."""
        return await self.headlines.of(principal, article_id) if subscriptions else None

    async def gap(self, request: Request) -> Response:
        """Answer a request for the ledger with what one subscription was assigned of it, as it was sent."""
        principal = await self.access.guard.identify(request)
        if principal is None:
            return self.access.guard.unauthorized()
        found = await self.access.named(request.query_params["subscription"], principal)
        after = whole_number(request, "after", 0, least=0, most=_LAST)
        limit = whole_number(request, "limit", 100, least=1, most=1000)
        if isinstance(found, Response):
            return found
        if isinstance(after, Response) or isinstance(limit, Response):
            return after if isinstance(after, Response) else cast("Response", limit)
        if request.query_params.get("q"):
            return problem(422, "a subscription has its own filter: leave q out", errors=[("q", "not with this")])
        latest = await self.ledger.latest()
        if (refused := ahead(after, latest)) is not None:
            return refused
        page = await self.assigned.page(found, after, limit)
        entries = [each.looked.entry for each in page.events]
        restricted = {} if isinstance(principal, Admin) else await restrictions(self.ledger, entries)
        made = [await self._event(found, each, restricted.get(each.looked.entry.article_id)) for each in page.events]
        events = [event for event in made if event is not None]
        body = b'{"events":[%s],"next":%d,"latest":%d}' % (b",".join(events), page.next, max(latest, page.next))
        return Response(body, 200, {"cache-control": "no-store"}, "application/json")

    async def _event(self, found: Subscription, each: Assignment, restriction: Restriction | None) -> bytes | None:
        entry = each.looked.entry
        matched = EXIT if each.exit else to_json(() if restriction else each.looked.why or ())
        article = each.looked.article
        named = (each.exit and bool(found.within)) or (article is not None and not found.lets(article, entry.type))
        cut = found.sending_of(EXIT).cut if named else Cut(reuse=found.bound.cut.reuse)
        document = await self.ledger.document(entry.article_id, entry.version)
        shown = None if document is None else told(document, restriction)
        return event_json(entry, shown, matched, each.previous, cut)
