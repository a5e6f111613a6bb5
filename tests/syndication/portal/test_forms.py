"""Forms of our own pages are read, those of others refused."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.syndication.portal.forms import LIMIT, read_form
from tests.asgi import ask

FORM = {"content-type": "application/x-www-form-urlencoded", "host": "wire.example.org"}


async def _read(request: Request) -> Response:
    form = await read_form(request)
    return form if isinstance(form, Response) else JSONResponse(dict(form))


APP = Starlette(routes=[Route("/form", _read, methods=["POST"])])


async def test_a_form_is_read() -> None:
    answer = await ask(APP, "POST", "/form", body=b"a=1&b=%D0%B6&a=2&c=", headers=FORM)
    assert answer.json() == {"a": "2", "b": "ж", "c": ""}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin", "origin": "https://wire.example.org"}, 200),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "https://[wire.example.org"}, 403),
        ({"content-type": "text/plain"}, 415),
        ({"content-type": "application/json"}, 415),
    ],
)
async def test_only_our_own_pages_may_send_one(headers: dict[str, str], status: int) -> None:
    assert (await ask(APP, "POST", "/form", body=b"a=1", headers=FORM | headers)).status == status


@pytest.mark.parametrize(("body", "status"), [(b"a=" + b"x" * LIMIT, 413), (b"\xff\xfe", 422), (b"a=1&" * 101, 422)])
async def test_what_is_too_much_is_refused(body: bytes, status: int) -> None:
    assert (await ask(APP, "POST", "/form", body=body, headers=FORM)).status == status
