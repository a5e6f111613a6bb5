"""A path that was asked for before goes straight to its application, and nobody sees a difference."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from shared import direct
from shared.direct import Answer
from shared.redis import RedisError
from shared.web import application
from tests.asgi import ask


class Plain:
    """An application of its own: tells its parameter, or fails as it is told."""

    def __init__(self) -> None:
        self.fails: Exception | None = None
        self.calls = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.calls += 1
        name = scope["path_params"]["name"]
        scope["path"] = "/hidden"
        if self.fails is not None:
            raise self.fails
        await PlainTextResponse(f"{name} {scope['method']}")(scope, receive, send)


class Ready(Plain):
    """One whose answer lies ready at times."""

    lies_ready = False

    def instant(self, params: Mapping[str, str]) -> Callable[[Scope], Answer | None]:
        body = f"ready {params['name']}".encode()
        start = {"type": "http.response.start", "status": 200, "headers": []}
        return lambda _: (start, {"type": "http.response.body", "body": body}) if self.lies_ready else None


async def function(request: Request) -> Response:
    return PlainTextResponse(request.path_params["name"])


@pytest.fixture
def plain() -> Plain:
    return Plain()


@pytest.fixture
def app(plain: Plain) -> ASGIApp:
    return application([Route("/plain/{name}", plain, methods=["GET"]), Route("/function/{name}", function)])


async def test_the_second_answer_is_the_first_one_for_each_path_and_method(app: ASGIApp) -> None:
    for _ in range(2):
        for name in ("a", "b"):
            assert (await ask(app, "GET", f"/plain/{name}")).body == f"{name} GET".encode()
            assert (await ask(app, "GET", f"/function/{name}")).body == name.encode()
        assert (await ask(app, "POST", "/plain/a")).status == 405
        assert (await ask(app, "GET", "/plain/")).status == 404


async def test_what_fails_is_told_as_it_always_is(app: ASGIApp, plain: Plain) -> None:
    first = await ask(app, "GET", "/plain/a")
    plain.fails = RedisError("away")
    assert (await ask(app, "GET", "/plain/a")).status == 503
    plain.fails = None
    assert (await ask(app, "GET", "/plain/a")).body == first.body


async def test_an_answer_that_lies_ready_is_sent_without_a_call() -> None:
    ready = Ready()
    app = application([Route("/ready/{name}", ready, methods=["GET"])])
    assert (await ask(app, "GET", "/ready/a")).body == b"a GET"
    ready.lies_ready = True
    assert (await ask(app, "GET", "/ready/a")).body == b"ready a"
    assert ready.calls == 1
    ready.lies_ready = False
    assert (await ask(app, "HEAD", "/ready/a")).body == b"a HEAD"


async def test_only_so_many_paths_are_remembered(app: ASGIApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(direct, "MOST_PATHS", 2)
    for name in "abcabc":
        assert (await ask(app, "GET", f"/plain/{name}")).body == f"{name} GET".encode()
