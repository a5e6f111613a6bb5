"""The forms that do something with a subscription: pause it, have it go on, send again what was given up lately."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from services.syndication.console.reading import Reading
from services.syndication.portal.asking import path_of
from services.syndication.portal.session import Session
from shared.times import rfc3339

STATUSES = {"pause": "paused", "resume": "active"}
LATELY = timedelta(days=1)
"""So long ago what is sent again was given up at most; a subscription's own page sends what was before, too."""


MOST_CALLS = 5
"""Each takes two seconds at the most."""


@dataclass(frozen=True, slots=True)
class Acting:
    """Does what the API does when it is asked the same."""

    reading: Reading
    now: Callable[[], datetime]

    async def act(self, request: Request, session: Session, _fields: Mapping[str, str]) -> Response:
        """Do with a subscription what the path names."""
        id, act = request.path_params["id"], request.path_params["act"]
        if act == "replay":
            return await self._replay(session, id)
        if act not in STATUSES:
            return self.reading.desk.message("Not found", "There is no such form.", 404)
        wanted = {"status": STATUSES[act]}
        said = await self.reading.api.ask(session.who, "PATCH", path_of(id), wanted)
        if not said.well:
            return await self.reading.shown(session, fault=said.fault)
        return self.reading.door.to(f"?done={STATUSES[act]}")

    async def _replay(self, session: Session, id: str) -> Response:
        wanted: dict[str, Any] = {"failed_since": rfc3339(self.now() - LATELY)}
        queued = 0
        for _ in range(MOST_CALLS):
            said = await self.reading.api.ask(session.who, "POST", path_of(id, "/replay"), wanted)
            if not said.well:
                return await self.reading.shown(session, fault=said.fault)
            queued += said.content["queued"]
            if said.content["next"] in (None, wanted.get("from_seq")):
                break
            wanted["from_seq"] = said.content["next"]
        return self.reading.door.to(f"?queued={queued}")

    async def back(self, _request: Request, _session: Session) -> Response:
        """Send on who asks again for what a form was answered with."""
        return self.reading.door.to("")
