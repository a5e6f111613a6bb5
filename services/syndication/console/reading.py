"""The page of the line: how far it is, its subscribers, and the ledger as it grows."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from services.syndication.console.line import Line
from services.syndication.console.plots import plots
from services.syndication.console.tail import entries
from services.syndication.portal.asking import SUBSCRIPTIONS, Api
from services.syndication.portal.door import Door
from services.syndication.portal.health import health
from services.syndication.portal.printing import Desk
from services.syndication.portal.reading import GLANCED, MOST_GLANCED
from services.syndication.portal.session import Session
from shared.bus import Groups
from shared.refusals import Refusals

MOST_QUERY = 2_000
ORDER = ("disabled", "failing", "pending", "starting", "paused", "active")
DONE = {
    "paused": "Paused: what is due waits.",
    "active": "Active again: what waited is on its way.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Shows, and changes nothing."""

    api: Api
    desk: Desk
    door: Door
    line: Line
    groups: Groups
    refusals: Refusals

    async def home(self, request: Request) -> Response:
        """Show how the line runs, or ask for the token."""
        session = await self.door.session(request)
        if session is None:
            return self.desk.sign_in()
        return await self.shown(session, query=request.query_params.get("q", "")[:MOST_QUERY], done=_done(request))

    async def shown(self, session: Session, *, query: str = "", done: str = "", fault: str = "") -> Response:
        """Show how the line runs, and what came of something just done."""
        rows, tail, samples, now, groups, refused = await asyncio.gather(
            self._subscriptions(session),
            entries(self.api, session, query.strip()),
            self.line.samples(),
            self.line.now(),
            self.groups.all(),
            self.refusals.all(),
        )
        return self.desk.page(
            "home",
            "Console",
            422 if fault or tail.fault else 200,
            **self.door.signed(session),
            plots=plots(samples),
            now=now,
            groups=groups,
            refused=refused,
            rows=rows[:MOST_GLANCED],
            left=max(0, len(rows) - MOST_GLANCED),
            tail=tail,
            done=done,
            fault=fault,
        )

    async def _subscriptions(self, session: Session) -> list[tuple[Any, Any, Any]]:
        """Return subscriptions with their latest attempts and what waits of them, those that are not well first."""
        said = await self.api.ask(session.who, "GET", SUBSCRIPTIONS)
        found = sorted(said.content["subscriptions"], key=_need) if said.well else []
        glanced = await asyncio.gather(*(self._glanced(session, one["id"]) for one in found[:MOST_GLANCED]))
        rest = [(None, None)] * (len(found) - len(glanced))
        return [(one, *more) for one, more in zip(found, [*glanced, *rest], strict=True)]

    async def _glanced(self, session: Session, id: str) -> tuple[Any, Any]:
        path = f"{SUBSCRIPTIONS}/{quote(id, safe='')}"
        one = await self.api.ask(session.who, "GET", path)
        log = await self.api.ask(session.who, "GET", f"{path}/deliveries?limit={GLANCED}")
        waiting = one.content.get("waiting") if one.well else None
        return health(log.content["deliveries"] if log.well else []), waiting


def _done(request: Request) -> str:
    """Return what was done, in words; of what is sent again how much."""
    queued = request.query_params.get("queued", "")
    if queued.isdecimal() and len(queued) < 8:
        return f"{int(queued):,} to be sent again, on their way." if int(queued) else "Nothing was given up lately."
    return DONE.get(request.query_params.get("done", ""), "")


def _need(one: dict[str, Any]) -> int:
    return ORDER.index(one["status"]) if one["status"] in ORDER else 0
