"""The pages that show: the line and its subscribers, the sources, the dead letters."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response

from services.syndication.console.line import Line
from services.syndication.console.plots import plots
from services.syndication.portal.asking import SUBSCRIPTIONS, Api
from services.syndication.portal.door import Door
from services.syndication.portal.health import health
from services.syndication.portal.printing import Desk
from services.syndication.portal.reading import GLANCED, MOST_GLANCED
from services.syndication.portal.session import Session
from shared.glance import EVERY_SECONDS, Glance

LATEST = 20
LETTERS = 100
PATIENCE = 3.0
"""Seconds that a page waits for ingest to tell of its sources."""

STALE_SECONDS = 3 * EVERY_SECONDS
LOOK_SECONDS = 0.1
ORDER = ("disabled", "failing", "pending", "starting", "paused", "active")
DONE = {"retried": "Sent round again.", "deleted": "Forgotten."}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Shows, and changes nothing."""

    api: Api
    desk: Desk
    door: Door
    line: Line
    glance: Glance
    now: Callable[[], datetime]

    async def home(self, request: Request) -> Response:
        """Show how the line runs, or ask for the token."""
        session = await self.door.session(request)
        return self.desk.sign_in() if session is None else await self._overview(session)

    async def _overview(self, session: Session) -> Response:
        rows, events = await asyncio.gather(self._subscriptions(session), self._events(session))
        samples = self.line.samples
        return self.desk.page(
            "home",
            "Console",
            **self.door.signed(session),
            plots=plots(samples),
            latest=samples[-1].latest if samples else None,
            dead=samples[-1].dead if samples else None,
            rows=rows[:MOST_GLANCED],
            left=max(0, len(rows) - MOST_GLANCED),
            events=events,
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

    async def _events(self, session: Session) -> list[dict[str, Any]]:
        """Return the ledger's newest entries, the newest first."""
        first = await self.api.ask(session.who, "GET", "/api/v1/events?limit=1")
        after = max(0, first.content["latest"] - LATEST) if first.well else 0
        said = await self.api.ask(session.who, "GET", f"/api/v1/events?{urlencode({'after': after, 'limit': LATEST})}")
        return list(reversed(said.content["events"])) if said.well else []

    async def sources(self, _request: Request, session: Session) -> Response:
        """Show how the sources fare, as ingest tells it."""
        told = await self._told()
        return self.desk.page("sources", "Sources", **self.door.signed(session), told=told)

    async def _told(self) -> dict[str, Any] | None:
        """Ask ingest, and return what it tells within a few seconds; None when that is nothing, or old."""
        await self.glance.ask()
        until = asyncio.get_running_loop().time() + PATIENCE
        while True:
            told = await self.glance.told()
            if told is not None and self._age(told) <= STALE_SECONDS:
                return told
            if asyncio.get_running_loop().time() > until:
                return None
            await asyncio.sleep(LOOK_SECONDS)

    def _age(self, told: dict[str, Any]) -> float:
        return (self.now() - datetime.fromisoformat(told["at"])).total_seconds()

    async def dead_letters(self, request: Request, session: Session) -> Response:
        """Show what the line gave up on."""
        done = DONE.get(request.query_params.get("done", ""), "")
        return await self.letters(session, done=done)

    async def letters(self, session: Session, *, done: str = "", fault: str = "") -> Response:
        """Show the dead letters, and what came of something just done."""
        said = await self.api.ask(session.who, "GET", f"/api/v1/dead-letters?limit={LETTERS}")
        found = said.content if said.well else {"dead_letters": [], "count": 0}
        more = {"found": found, "done": done, "fault": fault or said.fault}
        return self.desk.page(
            "dead_letters", "Dead letters", 200 if not fault else 422, **self.door.signed(session), **more
        )


def _need(one: dict[str, Any]) -> int:
    return ORDER.index(one["status"]) if one["status"] in ORDER else 0
