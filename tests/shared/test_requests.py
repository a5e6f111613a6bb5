"""What a request brings is capped before it is held, and what is wrong with it is named."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated

import orjson
import pytest
from pydantic import AfterValidator, BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message

from shared import requests
from shared.requests import asked_query, read_body, read_model, readable, whole_number

LIMIT = 10


class Thing(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str


def a_request(parts: Sequence[bytes] = (), query: str = "", **headers: str) -> tuple[Request, list[bytes]]:
    """Build a request whose body comes in parts; the list is what is left unread."""
    waiting = list(parts)
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "query_string": query.encode(),
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
    }

    async def receive() -> Message:
        part = waiting.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(waiting)}

    return Request(scope, receive), waiting


async def status_of(request: Request) -> int | bytes:
    found = await read_body(request, LIMIT)
    return found.status_code if isinstance(found, Response) else found


async def test_a_body_within_the_limit_comes_whole() -> None:
    assert await status_of(a_request([b"01234", b"56789"])[0]) == b"0123456789"
    assert await status_of(a_request([b""])[0]) == b""


@pytest.mark.parametrize("parts", [[b"x" * 11], [b"x" * 6, b"x" * 5], [b"x" * 20, b"x" * 20, b"x"]])
async def test_a_body_over_the_limit_is_refused_whether_or_not_it_said_so(parts: list[bytes]) -> None:
    assert await status_of(a_request(parts)[0]) == 413
    assert await status_of(a_request(parts, content_length="1000")[0]) == 413
    assert await status_of(a_request(parts, content_length="9" * 5_000)[0]) == 413


async def test_no_more_is_held_than_the_limit() -> None:
    request, left = a_request([b"x" * 50] * 100)
    assert await status_of(request) == 413
    assert len(left) == 99


async def test_a_body_that_does_not_come_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "READ_SECONDS", 0.01)

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    request = Request({"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": []}, receive)
    assert await status_of(request) == 408


def test_every_field_that_is_wrong_is_named() -> None:
    assert read_model(Thing, b'{"name": "a"}') == Thing(name="a")
    for body, says in ((b"{", b"not valid JSON"), (b'{"name": 1}', b"name"), (b'{"name":"a","b":1}', b'"b"')):
        refused = read_model(Thing, body)
        assert isinstance(refused, Response)
        assert (refused.status_code, says in refused.body) == (422, True)


def test_one_field_that_is_wrong_is_told_with_its_fault_in_the_detail() -> None:
    refused = read_model(Thing, b'{"name": 1}')
    assert isinstance(refused, Response)
    assert orjson.loads(refused.body)["detail"] == "name: must be text"
    refused = read_model(Thing, b"[]")
    assert isinstance(refused, Response)
    assert orjson.loads(refused.body)["detail"] == "the body: must be a set of named fields"


class Asking(BaseModel):
    query: Annotated[str, AfterValidator(readable)] = ""
    count: int = 0


@pytest.mark.parametrize(
    ("told", "field"),
    [
        (asked_query(a_request(query="q=tag:a+AND")[0]), "q"),
        (read_model(Asking, b'{"query": "tag:a AND"}'), "query"),
        (read_model(Asking, b'{"query": "tag:a AND", "count": "x"}'), "query"),
    ],
)
def test_a_wrong_query_is_told_with_its_position(told: object, field: str) -> None:
    assert isinstance(told, Response)
    document = orjson.loads(told.body)
    assert (told.status_code, document["position"], document["errors"][0]["field"]) == (422, 9, field)


@pytest.mark.parametrize("given", ["x", "-1", "1.5", "11", "0", "9" * 40, "\u0664", ""])
def test_a_number_that_is_none_or_out_of_bounds_is_refused(given: str) -> None:
    request, _ = a_request(query=f"limit={given}")
    found = whole_number(request, "limit", 5, least=1, most=10)
    assert isinstance(found, Response)
    assert found.status_code == 422


def test_a_number_that_is_not_given_is_the_default() -> None:
    assert whole_number(a_request()[0], "limit", 5, least=1, most=10) == 5
    assert whole_number(a_request(query="limit=7")[0], "limit", 5, least=1, most=10) == 7
