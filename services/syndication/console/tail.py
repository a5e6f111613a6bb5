"""The ledger's newest entries, all or those that a query finds; what comes after them a script asks for itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from services.syndication.portal.asking import Api
from services.syndication.portal.filters import Wrong, wrong_at
from services.syndication.portal.session import Session

SHOWN = 20
LOOKED_THROUGH = 500
"""Entries that are looked through for what a query finds."""

EVENTS = "/api/v1/events"


@dataclass(frozen=True, slots=True)
class Entries:
    """The newest first; `after` is where to go on, `fault` and `wrong` say what is wrong with the query."""

    query: str
    events: tuple[dict[str, Any], ...] = ()
    after: int = 0
    fault: str = ""
    wrong: Wrong | None = None

    @property
    def stream(self) -> str:
        """Return what is asked of the stream of what comes after them."""
        return urlencode({"after": self.after} | ({"q": self.query} if self.query else {}))


async def entries(api: Api, session: Session, query: str) -> Entries:
    """Return the newest entries that a query finds; with a wrong one there are none."""
    first = await api.ask(session.who, "GET", f"{EVENTS}?limit=1")
    if not first.well:
        return Entries(query, fault=first.fault)
    latest = int(first.content["latest"])
    count = LOOKED_THROUGH if query else SHOWN
    after = max(0, latest - count)
    # What is not kept any more cannot be asked for.
    kept = first.content["events"][0]["seq"] - 1 if first.content["events"] else 0
    asked = {"after": max(after, kept), "limit": count} | ({"q": query} if query else {})
    said = await api.ask(session.who, "GET", f"{EVENTS}?{urlencode(asked)}")
    if not said.well:
        return Entries(query, after=latest, fault=said.fault, wrong=wrong_at(query))
    return Entries(query, tuple(reversed(said.content["events"][-SHOWN:])), latest)
