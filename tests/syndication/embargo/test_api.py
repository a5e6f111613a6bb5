"""The admin sees what is under an embargo; nobody else does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from starlette.types import ASGIApp

from services.syndication.embargo import Embargoes, Texts
from services.syndication.embargo.api import EmbargoRoutes
from services.syndication.ledger import Ledger
from shared.auth import Guard
from shared.redis import Store
from shared.web import application
from tests.asgi import ask
from tests.builders import an_article, an_enriched
from tests.syndication.parts import handlers_on, nothing

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
TOKEN = "an-admin-token-for-tests"
PATH = "/api/v1/articles"


@pytest.fixture
async def app(store: Store) -> ASGIApp:
    handlers = handlers_on(store, now=lambda: NOW)
    for n in range(3):
        until = NOW + timedelta(hours=3 - n)
        article = an_article(id=f"desk-{n:020}", guid=str(n), embargoed_until=until)
        await handlers.on_article_enriched(an_enriched(article=article))
    return application(EmbargoRoutes(Embargoes(Ledger(store), Texts(store), nothing), Guard(store, TOKEN)).routes)


async def test_they_are_listed_soonest_first_in_pages(app: ASGIApp) -> None:
    first = (await ask(app, "GET", f"{PATH}/embargoed?limit=2", token=TOKEN)).json()
    assert first["embargoed"][0] == {
        "id": f"desk-{2:020}",
        "version": 1,
        "embargoed_until": "2026-11-22T11:00:00Z",
        "source": "desk",
        "published_version": None,
    }
    rest = (await ask(app, "GET", f"{PATH}/embargoed?limit=2&after={first['next']}", token=TOKEN)).json()
    assert ([one["id"] for one in rest["embargoed"]], rest["next"]) == ([f"desk-{0:020}"], None)
    assert (await ask(app, "GET", f"{PATH}/embargoed?limit=0", token=TOKEN)).status == 422
    assert (await ask(app, "GET", f"{PATH}/embargoed?after=x", token=TOKEN)).status == 422


async def test_one_is_read_by_its_id(app: ASGIApp) -> None:
    found = await ask(app, "GET", f"{PATH}/desk-{1:020}/embargoed", token=TOKEN)
    assert (found.status, found.json()["status"]) == (200, "embargoed")
    assert (await ask(app, "GET", f"{PATH}/desk-x/embargoed", token=TOKEN)).status == 404


@pytest.mark.parametrize("path", ["embargoed", f"desk-{1:020}/embargoed"])
async def test_they_are_the_admins_alone(app: ASGIApp, path: str) -> None:
    answer = await ask(app, "GET", f"{PATH}/{path}")
    assert answer.status == 401
    assert b"embargoed_until" not in answer.body
