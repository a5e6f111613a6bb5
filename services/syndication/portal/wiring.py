"""Builds the portal from the guard, the API it asks, and the newsroom's printer of the moment."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from time import time
from urllib.parse import urlsplit

from starlette.routing import Route

from services.syndication.page.printing import Printer
from services.syndication.portal.acting import Acting
from services.syndication.portal.asking import Api
from services.syndication.portal.door import ROOT, Door
from services.syndication.portal.printing import Desk
from services.syndication.portal.reading import Reading, moment_of
from shared.auth import Guard

ONE = f"{ROOT}/subscriptions/{{id}}"


def portal(guard: Guard, routes: Sequence[Route], printer: Callable[[], Printer], url: str) -> list[Route]:
    """Return the portal's routes; `routes` are the API's, `url` is the public address."""
    parts, api = urlsplit(url), Api(routes)
    desk = Desk(printer, moment_of, lambda: secrets.token_urlsafe(12))
    door = Door(guard=guard, desk=desk, clock=time, base=parts.path, secure=parts.scheme == "https")
    reading = Reading(api, desk, door)
    acting = Acting(api, desk, door, reading)
    return [
        Route(ROOT, reading.home, methods=["GET"]),
        Route(f"{ROOT}/sign-in", door.sign_in, methods=["POST"]),
        *(Route(f"{ROOT}/{path}", door.page(reading.back), methods=["GET"]) for path in ("sign-in", "subscriptions")),
        Route(f"{ROOT}/sign-out", door.act(door.sign_out), methods=["POST"]),
        Route(f"{ROOT}/preview", door.page(reading.preview), methods=["GET"]),
        Route(f"{ROOT}/receiver", door.page(reading.receiver), methods=["GET"]),
        Route(f"{ROOT}/subscriptions", door.act(acting.create), methods=["POST"]),
        Route(ONE, door.page(reading.one), methods=["GET"]),
        Route(f"{ONE}/deliveries/{{entry}}", door.page(reading.delivery), methods=["GET"]),
        Route(f"{ONE}/{{act}}", door.page(reading.back), methods=["GET"]),
        Route(f"{ONE}/{{act}}", door.act(acting.act), methods=["POST"]),
    ]
