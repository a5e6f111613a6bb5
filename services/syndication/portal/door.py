"""Lets people into the portal: signs them in and out, and gives each page the session it is asked in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.syndication.portal.forms import read_form
from services.syndication.portal.printing import Desk
from services.syndication.portal.session import COOKIE, SECONDS, Session, begun, form_mark, opened, sealed
from shared.auth import Admin, Guard, same
from shared.redis import RedisError

log = structlog.get_logger()

ROOT = "/portal"
Endpoint = Callable[[Request], Awaitable[Response]]
Page = Callable[[Request, Session], Awaitable[Response]]
Act = Callable[[Request, Session, Mapping[str, str]], Awaitable[Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """`base` is the path of the site's address; `secure` whether that is https.

    It stands before the first of the `roots`; who comes in by it is signed in to all of them. Behind a door for the
    `admin` is nobody else.
    """

    guard: Guard
    desk: Desk
    clock: Callable[[], float]
    base: str
    secure: bool
    roots: tuple[str, ...] = (ROOT,)
    admin: bool = False

    async def session(self, request: Request) -> Session | None:
        """Return whose request it is, None where nobody is signed in, or their key is no longer what it was."""
        session = opened(request.cookies.get(COOKIE, ""), self._key, self.clock())
        if session is None or (self.admin and session.consumer is not None):
            return None
        standing = await self.guard.standing(session.who)
        if standing is None or not same(standing.mark, session.standing):
            return None
        return replace(session, reuse=standing.who.reuse)

    def open(self, handle: Endpoint) -> Endpoint:
        """Return an endpoint that says in a page, not in JSON, when the store does not answer."""

        async def answer(request: Request) -> Response:
            await self.desk.look()
            try:
                return await handle(request)
            except RedisError as error:
                log.warning("request.postponed", path=request.url.path, error=f"{type(error).__name__}: {error}"[:300])
                return self.desk.away()

        return answer

    def page(self, page: Page) -> Endpoint:
        """Return the endpoint of a page that needs somebody signed in."""

        async def handle(request: Request) -> Response:
            session = await self.session(request)
            return self.to("") if session is None else await page(request, session)

        return self.open(handle)

    def act(self, act: Act) -> Endpoint:
        """Return the endpoint of a form that only a page of the same session can have sent."""

        async def handle(request: Request) -> Response:
            fields = await read_form(request)
            if isinstance(fields, Response):
                return fields
            session = await self.session(request)
            if session is None:
                return self.to("")
            if not same(fields.get("mark", ""), self.mark(session)):
                return self.desk.message("This form is too old", "Go back, load the page again, and repeat.", 403)
            return await act(request, session, fields)

        return self.open(handle)

    async def sign_in(self, request: Request) -> Response:
        """Take a key and give a session for it; the key is kept nowhere."""
        fields = await read_form(request)
        if isinstance(fields, Response):
            return fields
        who = await self.guard.known(fields.get("key", "").strip())
        standing = None if who is None else await self.guard.standing(who)
        if who is None or standing is None or (self.admin and who != Admin()):
            return self.desk.sign_in("This key is not known here.", 403)
        answer = self.to("")
        value = sealed(begun(who, standing.mark, self.clock()), self._key)
        for root in self.roots:
            answer.set_cookie(COOKIE, value, SECONDS, **self._cookie(root))  # type: ignore[arg-type]  # of its own names
        return answer

    async def sign_out(self, _request: Request, _session: Session, _fields: Mapping[str, str]) -> Response:
        """End a session in this browser."""
        answer = self.to("")
        for root in self.roots:
            answer.delete_cookie(COOKIE, **self._cookie(root))  # type: ignore[arg-type]  # as above
        return answer

    def mark(self, session: Session) -> str:
        """Return what a session's forms carry."""
        return form_mark(session, self._key)

    def signed(self, session: Session) -> dict[str, Any]:
        """Return what the pages of a session show and carry of it."""
        return {"who": session.consumer or "the newsroom", "mark": self.mark(session)}

    def to_one(self, id: str, done: str, **more: object) -> Response:
        """Send the browser on to a subscription, to say there what was done."""
        return self.to(f"/subscriptions/{quote(id, safe='')}?{urlencode({'done': done, **more})}")

    def to(self, path: str) -> Response:
        """Send the browser on to a page behind this door."""
        return RedirectResponse(f"{self.base}{self.roots[0]}{path}", 303, {"cache-control": "no-store"})

    @property
    def _key(self) -> bytes:
        return self.guard.derived("portal sessions")

    def _cookie(self, root: str) -> Mapping[str, object]:
        return {"path": f"{self.base}{root}", "secure": self.secure, "httponly": True, "samesite": "strict"}
