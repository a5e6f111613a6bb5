"""The same key and body get the same answer once made, and the work is done once."""

from __future__ import annotations

import asyncio

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from shared.idempotency import Idempotency
from shared.redis import Store
from tests.waiting import until


def a_request(key: str | None, path: str = "/things", caller: str = "Bearer a") -> Request:
    headers = [(b"authorization", caller.encode())]
    if key is not None:
        headers.append((b"idempotency-key", key.encode()))
    return Request({"type": "http", "method": "POST", "path": path, "headers": headers, "query_string": b""})


class Work:
    """Makes numbered things."""

    def __init__(self, status: int = 201) -> None:
        self.done, self.status = 0, status

    async def __call__(self) -> Response:
        self.done += 1
        return JSONResponse({"number": self.done, "secret": "s"}, self.status)


async def test_the_second_request_gets_the_first_answer(store: Store) -> None:
    work, once = Work(), Idempotency(store).once
    first = await once(a_request("k"), b"{}", work)
    again = await once(a_request("k"), b"{}", work)
    assert (again.status_code, again.body, work.done) == (201, first.body, 1)
    assert again.headers["idempotency-replayed"] == "true"


async def test_without_a_key_every_request_counts(store: Store) -> None:
    work, once = Work(), Idempotency(store).once
    await once(a_request(None), b"{}", work)
    await once(a_request(None), b"{}", work)
    assert work.done == 2


async def test_another_body_under_the_same_key_is_refused(store: Store) -> None:
    work, once = Work(), Idempotency(store).once
    await once(a_request("k"), b"{}", work)
    refused = await once(a_request("k"), b"{ }", work)
    assert (refused.status_code, work.done) == (422, 1)


async def test_another_caller_or_path_is_another_key(store: Store) -> None:
    work, once = Work(), Idempotency(store).once
    for request in (a_request("k"), a_request("k", "/others"), a_request("k", caller="Bearer b")):
        await once(request, b"{}", work)
    assert work.done == 3


async def test_a_repeat_while_the_first_is_under_way_is_told_to_wait(store: Store) -> None:
    once, go = Idempotency(store).once, asyncio.Event()

    async def slow() -> Response:
        await go.wait()
        return Response(status_code=201)

    first = asyncio.create_task(once(a_request("k"), b"{}", slow))
    await until(lambda: store.do("KEYS", "idempotency:*"))
    waiting = await once(a_request("k"), b"{}", slow)
    assert (waiting.status_code, waiting.headers["retry-after"]) == (409, "1")
    go.set()
    assert (await first).status_code == 201


@pytest.mark.parametrize("status", [409, 422, 503])
async def test_a_failure_is_not_kept(store: Store, status: int) -> None:
    once, work = Idempotency(store).once, Work(status=status)
    await once(a_request("k"), b"{}", work)
    await once(a_request("k"), b"{}", work)
    assert work.done == 2

    async def broken() -> Response:
        raise ValueError("here")

    with pytest.raises(ValueError, match="here"):
        await once(a_request("other"), b"{}", broken)
    assert (await once(a_request("other"), b"{}", Work())).status_code == 201


async def test_a_secret_shown_once_is_not_kept(store: Store) -> None:
    once, work = Idempotency(store).once, Work()
    await once(a_request("k"), b"{}", work, keep=lambda body: body.replace(b'"s"', b"null"))
    again = await once(a_request("k"), b"{}", work)
    assert bytes(again.body) == b'{"number":1,"secret":null}'


async def test_a_key_without_sense_is_refused(store: Store) -> None:
    for key in ("", "x" * 256):
        assert (await Idempotency(store).once(a_request(key), b"{}", Work())).status_code == 422
