"""A page elsewhere that sends what a browser asks about first is let through, and served as before."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from shared.cors import OpenRoute
from shared.web import application
from tests.asgi import ask


async def feed(_request: Request) -> Response:
    return PlainTextResponse("news")


APP = application([OpenRoute("/feed", feed, methods=["GET"]), Route("/private", feed, methods=["GET"])])
PREFLIGHT = {
    "origin": "https://reader.example",
    "access-control-request-method": "GET",
    "access-control-request-headers": "if-none-match",
}


async def test_a_browser_is_told_that_any_page_may_ask_with_any_header() -> None:
    answer = await ask(APP, "OPTIONS", "/feed", headers=PREFLIGHT)
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == answer.headers["access-control-allow-headers"] == "*"
    assert answer.headers["access-control-allow-methods"] == "GET, HEAD"


async def test_all_else_is_as_for_any_route() -> None:
    assert (await ask(APP, "GET", "/feed")).body == b"news"
    refused = await ask(APP, "POST", "/feed")
    assert (refused.status, refused.headers["allow"]) == (405, "GET, HEAD")
    closed = await ask(APP, "OPTIONS", "/private", headers=PREFLIGHT)
    assert closed.status == 405
    assert "access-control-allow-origin" not in closed.headers
