"""The forms that do something about a dead letter: send it round again, or forget it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from services.syndication.console.reading import Reading
from services.syndication.portal.session import Session

ACTS = {"retry": ("POST", "/retry", "retried"), "delete": ("DELETE", "", "deleted")}


@dataclass(frozen=True, slots=True)
class Acting:
    """Does what the API does when it is asked the same."""

    reading: Reading

    async def letter(self, request: Request, session: Session, _fields: Mapping[str, str]) -> Response:
        """Do with one dead letter what the path names."""
        known = ACTS.get(request.path_params["act"])
        if known is None:
            return self.reading.desk.message("Not found", "There is no such form.", 404)
        method, rest, done = known
        path = f"/api/v1/dead-letters/{quote(request.path_params['id'], safe=':')}{rest}"
        said = await self.reading.api.ask(session.who, method, path)
        if not said.well:
            return await self.reading.letters(session, fault=said.fault)
        return self.reading.door.to(f"/dead-letters?done={done}")

    async def back(self, _request: Request, _session: Session) -> Response:
        """Send on who asks again for what a form was answered with."""
        return self.reading.door.to("/dead-letters")
