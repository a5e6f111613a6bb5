"""The page of the sources, as ingest tells of them, and the form that has one polled now."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from services.syndication.portal.door import Door
from services.syndication.portal.printing import Desk
from services.syndication.portal.session import Session
from shared.glance import EVERY_SECONDS, Glance

PATIENCE = 3.0
"""Seconds that a page waits for ingest to tell of its sources."""

STALE_SECONDS = 3 * EVERY_SECONDS
LOOK_SECONDS = 0.1
POLLED = "It is polled within seconds; load the page again to see what came of it."
UNPOLLED = "There is no such source, or it is not polled."
TOO_MANY = "Too many polls are asked for already."


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Asks ingest by way of Redis: it may be another process."""

    desk: Desk
    door: Door
    glance: Glance
    now: Callable[[], datetime]

    async def page(self, request: Request, session: Session) -> Response:
        """Show how the sources fare."""
        return await self._shown(session, done=POLLED if request.query_params.get("done") == "polled" else "")

    async def poll(self, request: Request, session: Session, _fields: Mapping[str, str]) -> Response:
        """Have a source polled now, of those that were told of."""
        told, id = await self._told(), request.path_params["id"]
        if told is None or not any(row["id"] == id and row.get("polled") for row in told["sources"]):
            return await self._shown(session, fault=UNPOLLED)
        if not await self.glance.wish(id):
            return await self._shown(session, fault=TOO_MANY)
        return self.door.to("/sources?done=polled")

    async def back(self, _request: Request, _session: Session) -> Response:
        """Send on who asks again for what the form was answered with."""
        return self.door.to("/sources")

    async def _shown(self, session: Session, *, done: str = "", fault: str = "") -> Response:
        told = await self._told()
        more = {"told": told, "done": done, "fault": fault}
        return self.desk.page("sources", "Sources", 422 if fault else 200, **self.door.signed(session), **more)

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
