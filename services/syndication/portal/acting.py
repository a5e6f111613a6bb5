"""The forms that do something: a new subscription, a test, pause and resume, a new secret, sending again."""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from services.syndication.portal.asking import Api, Said
from services.syndication.portal.door import Door
from services.syndication.portal.printing import Desk
from services.syndication.portal.reading import SUBSCRIPTIONS, Reading
from services.syndication.portal.session import Session

Fields = Mapping[str, str]
ONCE = re.compile(r"[A-Za-z0-9_-]{8,64}")


@dataclass(frozen=True, slots=True)
class Acting:
    """Does what the API does when it is asked the same."""

    api: Api
    desk: Desk
    door: Door
    reading: Reading

    async def create(self, _request: Request, session: Session, fields: Fields) -> Response:
        """Make a subscription, and show its secret this once."""
        given: dict[str, Any] = {name: fields.get(name, "").strip() for name in ("url", "filter", "description")}
        last = fields.get("last", "")
        start = {"from": {"last": int(last)}} if last.isdecimal() and len(last) < 6 else {}
        said = await self.api.ask(session.who, "POST", SUBSCRIPTIONS, given | start, _once(session, fields))
        if not said.well:
            return await self.reading.listed(session, fault=said.fault, given=given, status=422)
        return self._secret(said)

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
        return await self._then(session, id, "paused", "PATCH", "", {"status": "paused"})

    async def _resume(self, session: Session, id: str, _fields: Fields) -> Response:
        return await self._then(session, id, "resumed", "PATCH", "", {"status": "active"})

    async def _replay(self, session: Session, id: str, fields: Fields) -> Response:
        numbers = {name: fields[name].strip() for name in ("from_seq", "to_seq") if fields.get(name)}
        body: dict[str, Any] = {
            name: int(text) if text.isdecimal() and len(text) < 16 else text for name, text in numbers.items()
        }
        if fields.get("failed_since"):
            body["failed_since"] = f"{fields['failed_since'].strip()}T00:00:00Z"
        return await self._then(session, id, "replayed", "POST", "/replay", body)

    async def _test(self, session: Session, id: str, _fields: Fields) -> Response:
        said = await self._ask(session, id, "POST", "/test")
        return await self.reading.shown(session, id, tried=said.content if said.well else None, fault=said.fault)

    async def _verify(self, session: Session, id: str, _fields: Fields) -> Response:
        said = await self._ask(session, id, "POST", "/verify")
        reason = said.content["reason"] if said.well and not said.content["verified"] else None
        if said.well and reason is None:
            return self.door.to(f"/subscriptions/{quote(id, safe='')}?done=verified")
        return await self.reading.shown(session, id, fault=said.fault or f"Not verified: {reason}")

    async def _rotate(self, session: Session, id: str, fields: Fields) -> Response:
        said = await self._ask(session, id, "POST", "/rotate-secret", headers=_once(session, fields))
        return self._secret(said) if said.well else await self.reading.shown(session, id, fault=said.fault)

    async def _then(self, session: Session, id: str, done: str, method: str, path: str, body: Any) -> Response:
        said = await self._ask(session, id, method, path, body)
        if not said.well:
            return await self.reading.shown(session, id, fault=said.fault)
        return self.door.to(f"/subscriptions/{quote(id, safe='')}?done={done}")

    async def _ask(
        self, session: Session, id: str, method: str, path: str, body: Any = None, headers: Fields | None = None
    ) -> Said:
        return await self.api.ask(session.who, method, f"{SUBSCRIPTIONS}/{quote(id, safe='')}{path}", body, headers)

    def _secret(self, said: Said) -> Response:
        """Show a secret: the API tells it once, and a form that is sent again does not bring it back."""
        return self.desk.page("secret", "Signing secret", id=said.content["id"], secret=said.content.get("secret"))


def _once(session: Session, fields: Fields) -> Fields:
    """Return the key by which a form that is sent twice acts once; nobody else's session can have the same."""
    once = fields.get("once", "")
    return {"idempotency-key": f"{session.nonce}.{once if ONCE.fullmatch(once) else secrets.token_urlsafe(9)}"}
