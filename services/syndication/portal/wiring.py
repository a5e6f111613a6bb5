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
from services.syndication.portal.delivery import Deliveries
from services.syndication.portal.door import ROOT, Act, Door, Page
from services.syndication.portal.printing import Desk, Sections
from services.syndication.portal.proving import Proving
from services.syndication.portal.reading import Reading, moment_of
from services.syndication.portal.subscribing import Subscribing
from shared.auth import Guard

ONE = f"{ROOT}/subscriptions/{{id}}"


def portal(
    guard: Guard,
    routes: Sequence[Route],
    printer: Callable[[], Printer],
    url: str,
    sections: Sections | None = None,
) -> list[Route]:
    """Return the portal's routes; `routes` are the API's, `url` is the public address."""
    parts, api = urlsplit(url), Api(routes)
    desk = Desk(printer, moment_of, lambda: secrets.token_urlsafe(12), sections=sections)
    door = Door(guard=guard, desk=desk, clock=time, base=parts.path, secure=parts.scheme == "https")
    reading, proving = Reading(api, desk, door), Proving(api, desk, door)
    acting, subscribing = Acting(api, desk, door, reading), Subscribing(api, desk, door)

    def get(path: str, page: Page) -> Route:
        return Route(path, door.page(page), methods=["GET"])

    def post(path: str, act: Act) -> Route:
        return Route(path, door.act(act), methods=["POST"])

    return [
        Route(ROOT, door.open(reading.home), methods=["GET"]),
        Route(f"{ROOT}/sign-in", door.open(door.sign_in), methods=["POST"]),
        *(get(f"{ROOT}/{path}", reading.back) for path in ("sign-in", "sign-out", "subscriptions")),
        post(f"{ROOT}/sign-out", door.sign_out),
        get(f"{ROOT}/preview", reading.preview),
        get(f"{ROOT}/receiver", reading.receiver),
        get(f"{ROOT}/retractions", proving.retractions),
        get(f"{ROOT}/receipts", proving.receipts),
        get(f"{ROOT}/new", subscribing.new),
        post(f"{ROOT}/subscriptions", subscribing.create),
        get(ONE, reading.one),
        get(f"{ONE}/settings", subscribing.settings),
        post(f"{ONE}/settings", subscribing.change),
        get(f"{ONE}/delete", subscribing.leaving),
        post(f"{ONE}/delete", subscribing.leave),
        get(f"{ONE}/proof", proving.proof),
        get(f"{ONE}/deliveries/{{entry}}", Deliveries(api, desk, door).one),
        get(f"{ONE}/{{act}}", reading.back),
        post(f"{ONE}/{{act}}", acting.act),
    ]
