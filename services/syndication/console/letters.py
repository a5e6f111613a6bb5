"""The page of the dead letters, and the forms that send them round again or forget them, one or all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from services.syndication.portal.asking import Api
from services.syndication.portal.door import Door
from services.syndication.portal.printing import Desk
from services.syndication.portal.session import Session

LETTERS = 100
"""Shown of each stream."""

AT_ONCE = 1_000
"""Settled of each stream by one form; the page says how many are left."""

PATH = "/api/v1/dead-letters"
ACTS = {"retry": ("POST", "/retry"), "delete": ("DELETE", "")}
DONE = {"retry": "sent round again", "delete": "forgotten"}
UNSURE = "Tick the box to say that you mean all of them."


@dataclass(frozen=True, slots=True)
class Letters:
    """Does what the API does when it is asked the same."""

    api: Api
    desk: Desk
    door: Door

    async def page(self, request: Request, session: Session) -> Response:
        """Show what the line gave up on."""
        return await self._shown(session, done=_done(request.query_params))

    async def act(self, request: Request, session: Session, _fields: Mapping[str, str]) -> Response:
        """Do with one dead letter what the path names."""
        act, id = request.path_params["act"], request.path_params["id"]
        if act not in ACTS:
            return self.desk.message("Not found", "There is no such form.", 404)
        fault = await self._settle(session, act, id)
        return await self._shown(session, fault=fault) if fault else self.door.to(f"/dead-letters?done={act}&count=1")

    async def all(self, request: Request, session: Session, fields: Mapping[str, str]) -> Response:
        """Do it with all there are, of who said so twice; what another settles meanwhile is not counted."""
        act = request.path_params["act"]
        if act not in ACTS:
            return self.desk.message("Not found", "There is no such form.", 404)
        if not fields.get("sure"):
            return await self._shown(session, fault=UNSURE)
        said = await self.api.ask(session.who, "GET", f"{PATH}?limit={AT_ONCE}")
        if not said.well:
            return await self._shown(session, fault=said.fault)
        faults = [await self._settle(session, act, letter["id"]) for letter in said.content["dead_letters"]]
        return self.door.to(f"/dead-letters?done={act}&count={faults.count('')}")

    async def back(self, _request: Request, _session: Session) -> Response:
        """Send on who asks again for what a form was answered with."""
        return self.door.to("/dead-letters")

    async def _settle(self, session: Session, act: str, id: str) -> str:
        """Return what was wrong, empty when it is done."""
        method, rest = ACTS[act]
        return (await self.api.ask(session.who, method, f"{PATH}/{quote(id, safe=':')}{rest}")).fault

    async def _shown(self, session: Session, *, done: str = "", fault: str = "") -> Response:
        said = await self.api.ask(session.who, "GET", f"{PATH}?limit={LETTERS}")
        found = said.content if said.well else {"dead_letters": [], "count": 0}
        more = {"found": found, "done": done, "fault": fault or said.fault}
        status = 422 if fault else 200
        return self.desk.page("dead_letters", "Dead letters", status, **self.door.signed(session), **more)


def _done(asked: Mapping[str, str]) -> str:
    act, count = DONE.get(asked.get("done", "")), asked.get("count", "")
    if act is None or not (count.isdecimal() and len(count) < 8):
        return ""
    return "There was none." if count == "0" else f"{int(count):,} {act}."
