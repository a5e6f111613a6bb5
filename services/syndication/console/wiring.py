"""Builds the console from the guard, the API it asks, the samples of the line, and the newsroom's printer."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import time
from urllib.parse import urlsplit

from starlette.routing import Route

from services.syndication.console.acting import Acting
from services.syndication.console.letters import Letters
from services.syndication.console.line import Line
from services.syndication.console.reading import Reading
from services.syndication.console.sources import Sources
from services.syndication.page.printing import Printer
from services.syndication.portal.asking import Api
from services.syndication.portal.door import ROOT as PORTAL
from services.syndication.portal.door import Act, Door, Page
from services.syndication.portal.printing import PACKAGE as OWN_PARTS
from services.syndication.portal.printing import Desk, Sections
from services.syndication.portal.reading import moment_of
from shared.auth import Guard
from shared.bus import Groups
from shared.glance import Glance
from shared.refusals import Refusals
from shared.times import now

ROOT = "/console"
PACKAGE = "services.syndication.console"


@dataclass(frozen=True, slots=True)
class Sights:
    """What the console looks at that the API does not tell."""

    line: Line
    groups: Groups
    glance: Glance
    refusals: Refusals


def console(
    guard: Guard,
    routes: Sequence[Route],
    printer: Callable[[], Printer],
    url: str,
    sights: Sights,
    sections: Sections | None = None,
) -> list[Route]:
    """Return the console's routes; `routes` are the API's, `url` is the public address.

    Who signs in here is signed in to the portal as well: the pages of one subscription are its own.
    """
    parts, api = urlsplit(url), Api(routes)
    packages = (PACKAGE, OWN_PARTS)
    desk = Desk(
        printer,
        moment_of,
        lambda: secrets.token_urlsafe(12),
        sections=sections,
        name="console",
        packages=packages,
    )
    roots, https = (ROOT, PORTAL), parts.scheme == "https"
    door = Door(guard=guard, desk=desk, clock=time, base=parts.path, secure=https, roots=roots, admin=True)
    reading = Reading(api=api, desk=desk, door=door, line=sights.line, groups=sights.groups, refusals=sights.refusals)
    sources, letters = Sources(desk=desk, door=door, glance=sights.glance, now=now), Letters(api, desk, door)
    acting = Acting(reading, now)

    def form(path: str, act: Act, back: Page) -> list[Route]:
        """Return the routes of a form: who loads its answer again is sent on."""
        at = f"{ROOT}{path}"
        return [Route(at, door.page(back), methods=["GET"]), Route(at, door.act(act), methods=["POST"])]

    return [
        Route(ROOT, door.open(reading.home), methods=["GET"]),
        Route(f"{ROOT}/sign-in", door.open(door.sign_in), methods=["POST"]),
        Route(f"{ROOT}/sign-out", door.act(door.sign_out), methods=["POST"]),
        Route(f"{ROOT}/sources", door.page(sources.page), methods=["GET"]),
        *form("/sources/{id}/poll", sources.poll, sources.back),
        *form("/subscriptions/{id}/{act}", acting.act, acting.back),
        Route(f"{ROOT}/dead-letters", door.page(letters.page), methods=["GET"]),
        *form("/dead-letters/all/{act}", letters.all, letters.back),
        *form("/dead-letters/{id}/{act}", letters.act, letters.back),
    ]
