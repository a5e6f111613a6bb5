"""Asking for articles to be completed anew over HTTP, and seeing how far it is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.types import ASGIApp

from services.syndication.recall.api import PATH, RecallRoutes
from shared.auth import Guard
from shared.idempotency import Idempotency
from shared.recalls import Progress, Recalls
from shared.redis import Store
from shared.web import application
from tests.asgi import ask

TOKEN = "an-admin-token-for-tests"
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SINCE = {"since": "2026-11-20T00:00:00Z"}


@pytest.fixture
def app(store: Store) -> ASGIApp:
    return application(RecallRoutes(Recalls(store), Guard(store, TOKEN), Idempotency(store), lambda: NOON).routes)


async def test_a_request_is_taken_and_its_progress_told(app: ASGIApp, store: Store) -> None:
    taken = await ask(app, "POST", PATH, json=SINCE | {"filter": "source:desk"}, token=TOKEN)
    assert taken.status == 202
    id = taken.json()["id"]
    assert taken.headers["location"] == f"{PATH}/{id}"
    await Recalls(store).note(id, Progress(status="running", first=11, last=20, at=15, recalled=3))
    shown = (await ask(app, "GET", f"{PATH}/{id}", token=TOKEN)).json()
    assert {name: shown[name] for name in ("status", "total", "done", "recalled", "filter")} == {
        "status": "running",
        "total": 10,
        "done": 5,
        "recalled": 3,
        "filter": "source:desk",
    }


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "since"),
        ({"since": "yesterday"}, "since"),
        ({"since": "2026-11-20T00:00:00"}, "since"),
        ({"since": "0001-01-01T00:00:00+14:00"}, "since"),
        ({"since": "9999-12-31T23:59:59-14:00"}, "since"),
        (SINCE | {"filter": "tag:("}, "filter"),
        (SINCE | {"until": "now"}, "until"),
    ],
)
async def test_a_wrong_request_is_refused_naming_the_field(app: ASGIApp, body: Any, field: str) -> None:
    answer = await ask(app, "POST", PATH, json=body, token=TOKEN)
    assert (answer.status, answer.json()["errors"][0]["field"]) == (422, field)


async def test_the_same_key_asks_once(app: ASGIApp) -> None:
    headers = {"idempotency-key": "k"}
    first, second = [await ask(app, "POST", PATH, json=SINCE, token=TOKEN, headers=headers) for _ in range(2)]
    assert first.json()["id"] == second.json()["id"]


async def test_it_is_the_admins_alone(app: ASGIApp) -> None:
    assert (await ask(app, "POST", PATH, json=SINCE)).status == 401
    assert (await ask(app, "GET", f"{PATH}/x")).status == 401


async def test_a_request_nobody_made_is_not_found(app: ASGIApp) -> None:
    assert (await ask(app, "GET", f"{PATH}/nothing", token=TOKEN)).status == 404
