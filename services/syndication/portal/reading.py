"""The pages that show: subscriptions, one of them with its deliveries, one delivery, what a filter finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response

from services.syndication.page.story import moment
from services.syndication.page.views import Moment
from services.syndication.portal.asking import SUBSCRIPTIONS, Api, path_of
from services.syndication.portal.door import Door
from services.syndication.portal.filters import wrong_at
from services.syndication.portal.health import health
from services.syndication.portal.plot import plot
from services.syndication.portal.printing import Desk
from services.syndication.portal.session import Session
from services.syndication.webhooks.store import NOTICES_FROM
from shared.auth import Principal

LATEST = 100
GLANCED = 20
"""Attempts of each subscription that the list looks at."""

MOST_GLANCED = 50
"""Subscriptions on a page."""

LISTED = 25
"""Attempts on a page."""

OUTCOMES = {
    "": "all",
    "failed": "all that did not arrive",
    "delivered": "delivered",
    "retry": "to be tried again",
    "gave_up": "given up",
    "refused": "refused by the receiver",
    "disabled": "the receiver wants no more",
    "unknown": "perhaps arrived",
    "dropped": "not sent",
}
"""By which outcomes the log is shown, and how they are called."""

DONE = {
    "deleted": "Deleted: nothing more is sent.",
    "saved": "Saved: it counts from the next delivery on.",
    "paused": "Paused: what is due waits.",
    "active": "Active again: what waited is on its way.",
    "verified": "Verified: deliveries begin.",
    "replayed": "Sent again: it is on its way.",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """Shows, and changes nothing."""

    api: Api
    desk: Desk
    door: Door

    async def home(self, request: Request) -> Response:
        """Show all subscriptions of who is signed in, or ask for a key."""
        session = await self.door.session(request)
        if session is None:
            return self.desk.sign_in()
        said, start = await self.api.ask(session.who, "GET", SUBSCRIPTIONS), request.query_params.get("start", "")
        first = int(start) if start.isdecimal() and len(start) < 9 else 0
        found = said.content["subscriptions"] if said.well else []
        page = found[first : first + MOST_GLANCED]
        return self.desk.page(
            "subscriptions",
            "Subscriptions",
            **self.door.signed(session),
            rows=[(one, health(await self._attempts(session.who, one["id"], GLANCED))) for one in page],
            start=first,
            following=first + MOST_GLANCED if len(found) > first + MOST_GLANCED else None,
            total=len(found),
            fault=said.fault,
            done=DONE.get(request.query_params.get("done", ""), ""),
        )

    async def one(self, request: Request, session: Session) -> Response:
        """Show a subscription."""
        asked = request.query_params
        before, outcome = asked.get("before", ""), asked.get("outcome", "")
        outcome = outcome if outcome in OUTCOMES else ""
        return await self.shown(session, request.path_params["id"], done=_done(asked), before=before, outcome=outcome)

    async def shown(
        self,
        session: Session,
        id: str,
        *,
        done: str = "",
        before: str = "",
        outcome: str = "",
        tried: Any = None,
        fault: str = "",
    ) -> Response:
        """Show a subscription with its latest attempts, and what came of something just done."""
        who, path = session.who, path_of(id)
        said = await self.api.ask(who, "GET", path)
        if not said.well:
            return self.desk.refused(said)
        narrowed = {name: text for name, text in (("before", before), ("outcome", outcome)) if text}
        asked: dict[str, object] = {"limit": LISTED, "headlines": "true", **narrowed}
        log = await self.api.ask(who, "GET", f"{path}/deliveries?{urlencode(asked)}")
        latest = await self._attempts(who, id, LATEST)
        return self.desk.page(
            "subscription",
            said.content["description"] or said.content["url"],
            200 if not fault else 422,
            **self.door.signed(session),
            one=said.content,
            admin=session.consumer is None,
            attempts=log.content["deliveries"] if log.well else [],
            older=log.content["next"] if log.well else None,
            narrowed=narrowed,
            outcomes=OUTCOMES,
            notices_from=NOTICES_FROM,
            stats=await self._stats(who, path),
            health=health(latest),
            plot=plot(latest),
            done=done,
            tried=tried,
            fault=fault or log.fault,
        )

    async def back(self, request: Request, _session: Session) -> Response:
        """Send on who asks again for what a form was answered with."""
        id = request.path_params.get("id")
        return self.door.to("" if id is None else f"/subscriptions/{quote(id, safe='')}")

    async def preview(self, request: Request, session: Session) -> Response:
        """Show what a filter would have found in the last week."""
        text = request.query_params.get("q", "").strip()
        said = None
        if text:
            said = await self.api.ask(session.who, "POST", f"{SUBSCRIPTIONS}/preview", {"filter": text, "limit": 20})
        status, wrong = 200 if said is None or said.well else 422, wrong_at(text)
        signed = self.door.signed(session)
        return self.desk.page("preview", "Try a filter", status, **signed, text=text, said=said, wrong=wrong)

    async def receiver(self, _request: Request, session: Session) -> Response:
        """Show a receiver to begin with."""
        return self.desk.page("receiver", "Receive webhooks", **self.door.signed(session))

    async def _attempts(self, who: Principal, id: str, limit: int) -> list[dict[str, Any]]:
        said = await self.api.ask(who, "GET", path_of(id, f"/deliveries?limit={limit}"))
        return list(said.content["deliveries"]) if said.well else []

    async def _stats(self, who: Principal, path: str) -> list[tuple[str, Any]]:
        """Return the figures of the last day and week."""
        said = await self.api.ask(who, "GET", f"{path}/stats")
        spans = (("Last 24 hours", "last_24h"), ("Last 7 days", "last_7d"))
        return [(label, said.content[span]) for label, span in spans] if said.well else []


def moment_of(at: object) -> Moment | None:
    """Return a moment that the API tells."""
    return moment(datetime.fromisoformat(at)) if isinstance(at, str) and at else None


def _done(asked: Mapping[str, str]) -> str:
    """Return what was done, in words; of what is sent again how much, and where to go on."""
    said = DONE.get(asked.get("done", ""), "")
    queued, following = (asked.get(name, "") for name in ("queued", "next"))
    if asked.get("done") != "replayed" or not (queued.isdecimal() and len(queued) < 8):
        return said
    many = "Nothing was found to send again." if queued == "0" else f"{queued} to be sent again, on their way."
    return f"{many} There are more, from seq {following} on." if following.isdecimal() and len(following) < 16 else many
