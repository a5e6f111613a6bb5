"""What the hub answers to a subscriber before anything is verified."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from starlette.types import ASGIApp

from services.syndication.websub import store as kept
from services.syndication.websub.routes import WebSubRoutes
from services.syndication.websub.store import Hubs
from shared.redis import Store
from shared.web import application
from tests.asgi import Answer, ask
from tests.builders import SEALS
from tests.syndication.feeds.in_memory import SITE

FORM = {
    "hub.mode": "subscribe",
    "hub.topic": "https://news.example.org/feeds/all.rss",
    "hub.callback": "https://reader.example/in",
}


@pytest.fixture
def app(store: Store) -> ASGIApp:
    async def check(url: str) -> str | None:
        return "resolves to a private address" if "inside" in url else None

    return application(WebSubRoutes(Hubs(store, SEALS), SITE, check, lambda: None).routes)


async def post(app: ASGIApp, body: bytes, kind: str = "application/x-www-form-urlencoded") -> Answer:
    return await ask(app, "POST", "/websub", body=body, headers={"content-type": kind})


async def test_a_good_request_is_accepted_before_it_is_verified(app: ASGIApp, store: Store) -> None:
    answer = await post(app, urlencode(FORM).encode())
    assert (answer.status, answer.body) == (202, b"")
    assert [asked.callback for asked in await Hubs(store, SEALS).pending()] == ["https://reader.example/in"]


@pytest.mark.parametrize(
    ("body", "kind", "status", "reason"),
    [
        (b"{}", "application/json", 415, b"must be a form"),
        (b"\xff=%ff", "application/x-www-form-urlencoded", 400, b"cannot be read"),
        (b"a=1&" * 60, "application/x-www-form-urlencoded", 400, b"cannot be read"),
        (b"hub.mode=x", "application/x-www-form-urlencoded; charset=utf-8", 400, b"hub.mode"),
        (
            urlencode(FORM | {"hub.callback": "https://inside.example/"}).encode(),
            "application/x-www-form-urlencoded",
            400,
            b"hub.callback resolves to a private address",
        ),
        (b"x" * 20_000, "application/x-www-form-urlencoded", 413, b"larger"),
    ],
)
async def test_a_wrong_one_is_refused_in_words(
    app: ASGIApp, body: bytes, kind: str, status: int, reason: bytes
) -> None:
    answer = await post(app, body, kind)
    assert answer.status == status
    assert reason in answer.body


async def test_a_flood_is_told_to_come_back(app: ASGIApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_PENDING", 1)
    await post(app, urlencode(FORM).encode())
    answer = await post(app, urlencode(FORM | {"hub.callback": "https://reader.example/2"}).encode())
    assert (answer.status, answer.headers["retry-after"]) == (503, "60")
