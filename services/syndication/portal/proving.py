"""The pages by which a developer proves that nothing is missing: digests, what was sent, receipts of retractions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response

from services.syndication.portal.asking import Api, path_of
from services.syndication.portal.door import Door
from services.syndication.portal.printing import Desk
from services.syndication.portal.session import Session

SENT = 50
"""Entries of what was sent on a page."""

RETRACTIONS = 50


@dataclass(frozen=True, slots=True)
class Proving:
    """Shows, and changes nothing."""

    api: Api
    desk: Desk
    door: Door

    async def proof(self, request: Request, session: Session) -> Response:
        """Show count and hash of what a subscription was assigned, and the list of it."""
        path = path_of(request.path_params["id"])
        said = await self.api.ask(session.who, "GET", path)
        if not said.well:
            return self.desk.refused(said)
        given = {name: request.query_params.get(name, "").strip()[:20] for name in ("from", "to", "after")}
        span = {name: given[name] for name in ("from", "to") if given[name]}
        digest = await self.api.ask(session.who, "GET", f"{path}/digest?{urlencode(span)}")
        after = given["after"] or (str(digest.content["from"] - 1) if digest.well else "0")
        asked = urlencode({"subscription": said.content["id"], "after": after, "limit": SENT})
        sent = await self.api.ask(session.who, "GET", f"/api/v1/events?{asked}")
        return self.desk.page(
            "proof",
            "Proof",
            200 if digest.well and sent.well else 422,
            **self.door.signed(session),
            one=said.content,
            given=given,
            digest=digest.content if digest.well else None,
            sent=sent.content if sent.well else None,
            fault=digest.fault or sent.fault,
        )

    async def retractions(self, request: Request, session: Session) -> Response:
        """Show the latest retractions, those first that somebody has not confirmed."""
        before = request.query_params.get("before", "")
        asked = urlencode({"limit": RETRACTIONS} | ({"before": before} if before else {}))
        said = await self.api.ask(session.who, "GET", f"/api/v1/retractions?{asked}")
        rows = said.content["retractions"] if said.well else []
        return self.desk.page(
            "retractions",
            "Retractions",
            200 if said.well else 422,
            **self.door.signed(session),
            rows=sorted(rows, key=lambda row: not row["outstanding"]),
            older=said.content["next"] if said.well else None,
            fault=said.fault,
        )

    async def receipts(self, request: Request, session: Session) -> Response:
        """Show which subscriptions confirmed an article's newest version, when and how fast."""
        article = request.query_params.get("article", "").strip()[:200]
        after = request.query_params.get("after", "")
        asked = f"?{urlencode({'after': after})}" if after else ""
        said = await self.api.ask(session.who, "GET", f"/api/v1/articles/{quote(article, safe='')}/receipts{asked}")
        found: dict[str, Any] | None = said.content if said.well else None
        shown = {"article": article, "found": found, "fault": said.fault}
        return self.desk.page("receipts", "Receipts", said.status, **self.door.signed(session), **shown)
