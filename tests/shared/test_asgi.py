"""An application is asked within the process as it would be over a connection."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from shared.asgi import asked


async def _told(request: Request) -> Response:
    parts = [part async for part in request.stream() if part]
    told = [request.method, request.url.path, request.query_params["q"], [part.decode() for part in parts]]
    return JSONResponse([*told, request.scope.get("who"), await request.is_disconnected()], 201, {"X-Seen": "é"})


APP = Starlette(routes=[Route("/told", _told, methods=["POST"])])


async def test_method_target_headers_and_parts_arrive_and_the_answer_comes_back() -> None:
    answer = await asked(APP, "POST", "/told?q=a%20b", parts=(b"one", b"", b"two"), scope={"who": "ann"})
    assert (answer.status, answer.headers["x-seen"]) == (201, "é")
    assert answer.json() == ["POST", "/told", "a b", ["one", "two"], "ann", True]


async def test_what_is_not_there_is_not_found() -> None:
    assert (await asked(APP, "GET", "/none")).status == 404
