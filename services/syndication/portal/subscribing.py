"""The forms that make, change and delete subscriptions; whether what they ask for is good is the API's to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from services.syndication.portal.asking import SUBSCRIPTIONS, Api, Said, path_of
from services.syndication.portal.door import Door
from services.syndication.portal.filling import NEW, Fields, changed, filled, new, seen, shown_again
from services.syndication.portal.filters import wrong_at
from services.syndication.portal.forms import once
from services.syndication.portal.printing import Desk
from services.syndication.portal.session import Session
from services.syndication.rights import LEVELS

FOLDED = {
    "sending": {"types", "format", "signing", "payload", "fields", "reuse", "exit_notices", "embargoed", "handshake"},
    "pace": {"delivery", "schedule", "max_in_flight", "rate_limit", "digest"},
    "credentials": {"headers", "auth", "client_certificate"},
}
"""Which settings are in which part of the form that is folded away, unless something is wrong in it."""

MEANWHILE = "It was changed by somebody else meanwhile. Look whether this is still what you want, and save again."


@dataclass(frozen=True, slots=True)
class Subscribing:
    """Asks the API for what a form says."""

    api: Api
    desk: Desk
    door: Door

    async def new(self, request: Request, session: Session) -> Response:
        """Show the form for a new subscription, with a filter that was tried before."""
        given = filled(NEW) | {"filter": request.query_params.get("filter", "")[:2000], "from": "now"}
        return self._form(session, given=given | {"handshake": "on"})

    async def create(self, _request: Request, session: Session, fields: Fields) -> Response:
        """Make a subscription, and show its secret this once."""
        said = await self.api.ask(session.who, "POST", SUBSCRIPTIONS, new(fields), once(session, fields))
        if not said.well:
            return self._form(session, given=shown_again(fields), said=said)
        return self.desk.secret(said.content, **self.door.signed(session))

    async def settings(self, request: Request, session: Session) -> Response:
        """Show the settings of a subscription as a form."""
        said = await self._one(request, session)
        if not said.well:
            return self.desk.refused(said)
        return self._form(session, one=said.content, given=filled(said.content) | {"handshake": "on"})

    async def change(self, request: Request, session: Session, fields: Fields) -> Response:
        """Change what was touched, unless somebody else changed it meanwhile."""
        said = await self._one(request, session)
        if not said.well:
            return self.desk.refused(said)
        one, given = said.content, shown_again(fields)
        if fields.get("seen") != seen(one):
            return self._form(session, one=one, given=given, fault=MEANWHILE)
        wanted = changed(fields, one)
        if wanted:
            said = await self.api.ask(session.who, "PATCH", path_of(one["id"]), wanted)
        if not said.well:
            return self._form(session, one=one, given=given, said=said)
        return self.door.to_one(one["id"], "saved")

    async def leaving(self, request: Request, session: Session) -> Response:
        """Ask whether a subscription is to be deleted."""
        said = await self._one(request, session)
        return self._sure(session, said.content) if said.well else self.desk.refused(said)

    async def leave(self, request: Request, session: Session, fields: Fields) -> Response:
        """Delete a subscription, of who said so twice."""
        said = await self._one(request, session)
        if not said.well:
            return self.desk.refused(said)
        if not fields.get("sure"):
            return self._sure(session, said.content, fault="Tick the box to say that you mean it.")
        done = await self.api.ask(session.who, "DELETE", path_of(said.content["id"]))
        return self.door.to("?done=deleted") if done.well else self.desk.refused(done)

    async def _one(self, request: Request, session: Session) -> Said:
        return await self.api.ask(session.who, "GET", path_of(request.path_params["id"]))

    def _form(
        self,
        session: Session,
        *,
        given: Fields,
        one: Mapping[str, Any] | None = None,
        said: Said | None = None,
        fault: str = "",
    ) -> Response:
        title, faults = "New subscription" if one is None else "Settings", {} if said is None else said.faults
        return self.desk.page(
            "settings",
            title,
            422 if fault or said is not None else 200,
            **self.door.signed(session),
            one=one,
            seen="" if one is None else seen(one),
            given=given,
            faults=faults,
            opened=[name for name, fields in FOLDED.items() if fields & faults.keys()],
            fault=fault or (said.fault if said is not None else ""),
            wrong=wrong_at(given.get("filter", "")),
            reuses=[(level, level) for level in LEVELS[LEVELS.index(session.reuse) :]],
        )

    def _sure(self, session: Session, one: Mapping[str, Any], fault: str = "") -> Response:
        status = 422 if fault else 200
        return self.desk.page("delete", "Delete", status, **self.door.signed(session), one=one, fault=fault)
