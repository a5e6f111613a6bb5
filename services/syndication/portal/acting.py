"""The forms that do something with a subscription: a test, pause and resume, a new secret, sending again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from services.syndication.portal.asking import Api, Said, path_of
from services.syndication.portal.door import Door
from services.syndication.portal.filling import Fields
from services.syndication.portal.forms import once
from services.syndication.portal.printing import Desk
from services.syndication.portal.reading import Reading
from services.syndication.portal.session import Session


@dataclass(frozen=True, slots=True)
class Acting:
    """Does what the API does when it is asked the same."""

    api: Api
    desk: Desk
    door: Door
    reading: Reading

    async def act(self, request: Request, session: Session, fields: Fields) -> Response:
        """Do what the path names."""
        acts: dict[str, Callable[[Session, str, Fields], Awaitable[Response]]] = {
            "pause": self._pause,
            "resume": self._resume,
            "test": self._test,
            "verify": self._verify,
            "rotate": self._rotate,
            "replay": self._replay,
        }
        act = acts.get(request.path_params["act"])
        if act is None:
            return self.desk.message("Not found", "There is no such form.", 404)
        return await act(session, request.path_params["id"], fields)

    async def _pause(self, session: Session, id: str, _fields: Fields) -> Response:
        return await self._turned(session, id, "paused")

    async def _resume(self, session: Session, id: str, _fields: Fields) -> Response:
        return await self._turned(session, id, "active")

    async def _turned(self, session: Session, id: str, status: str) -> Response:
        said = await self._ask(session, id, "PATCH", "", {"status": status})
        return self.door.to_one(id, status) if said.well else await self._refused(session, id, said)

    async def _replay(self, session: Session, id: str, fields: Fields) -> Response:
        said = await self._ask(session, id, "POST", "/replay", _wanted(fields))
        if not said.well:
            return await self._refused(session, id, said)
        more = {} if said.content["next"] is None else {"next": said.content["next"]}
        return self.door.to_one(id, "replayed", queued=said.content["queued"], **more)

    async def _test(self, session: Session, id: str, _fields: Fields) -> Response:
        said = await self._ask(session, id, "POST", "/test")
        return await self.reading.shown(session, id, tried=said.content if said.well else None, fault=said.fault)

    async def _verify(self, session: Session, id: str, _fields: Fields) -> Response:
        said = await self._ask(session, id, "POST", "/verify")
        reason = said.content["reason"] if said.well and not said.content["verified"] else None
        if said.well and reason is None:
            return self.door.to_one(id, "verified")
        return await self.reading.shown(session, id, fault=said.fault or f"Not verified: {reason}")

    async def _rotate(self, session: Session, id: str, fields: Fields) -> Response:
        said = await self._ask(session, id, "POST", "/rotate-secret", headers=once(session, fields))
        if not said.well:
            return await self._refused(session, id, said)
        return self.desk.secret(said.content, **self.door.signed(session))

    async def _refused(self, session: Session, id: str, said: Said) -> Response:
        return await self.reading.shown(session, id, fault=said.fault)

    async def _ask(
        self, session: Session, id: str, method: str, rest: str, body: Any = None, headers: Fields | None = None
    ) -> Said:
        return await self.api.ask(session.who, method, path_of(id, rest), body, headers)


def _wanted(fields: Fields) -> dict[str, Any]:
    """Return what is asked to be sent again."""
    given = {name: text for name, value in fields.items() if (text := value.strip())}
    numbers = {name: given[name] for name in ("after_seq", "from_seq", "to_seq") if name in given}
    body: dict[str, Any] = {
        name: int(text) if text.isdecimal() and len(text) < 16 else text for name, text in numbers.items()
    }
    if "article_id" in given:
        body["article_id"] = given["article_id"]
    if "failed_since" in given:
        body["failed_since"] = f"{given['failed_since']}T00:00:00Z"
    return body
