"""Every error is a problem document, sent once the request was heard out; a port that is taken is named."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import OutOfMemoryError, ResponseError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.testing import capture_logs

from shared import web
from shared.requests import read_body
from shared.web import PortInUseError, Serving, application, listen
from tests.asgi import ask
from tests.waiting import ENOUGH, PATIENCE, until


async def refuses(_request: Request) -> Response:
    return Response(b"no" * 100, 401)


async def takes(request: Request) -> Response:
    return JSONResponse({"size": len(await request.body())})


async def limits(request: Request) -> Response:
    body = await read_body(request, 1_000)
    return body if isinstance(body, Response) else Response(status_code=204)


async def breaks(request: Request) -> Response:
    raise {
        "redis": RedisConnectionError("gone"),
        "full": OutOfMemoryError("OOM"),
        "disk": ResponseError("MISCONF Errors writing to the AOF file"),
    }.get(request.url.path.strip("/"), ValueError("a secret detail"))


async def lost(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": [(b"content-type", b"text/html")]})
    await send({"type": "http.response.body", "body": b"<h1>Not found</h1>"})


async def test_people_who_have_lost_the_way_see_a_page_and_programs_a_problem() -> None:
    app = application([Route("/there", takes, methods=["POST"])], lost=lost)
    person = await ask(app, "GET", "/nowhere", headers={"accept": "text/html,*/*;q=0.8"})
    assert (person.status, person.body) == (404, b"<h1>Not found</h1>")
    program = await ask(app, "GET", "/nowhere", headers={"accept": "*/*"})
    assert program.headers["content-type"] == "application/problem+json"
    assert (await ask(app, "GET", "/there", headers={"accept": "text/html"})).status == 405


@pytest.fixture
def app() -> ASGIApp:
    names = {"refuses": refuses, "takes": takes, "limits": limits, "redis": breaks, "full": breaks, "disk": breaks}
    return application([Route(f"/{name}", endpoint, methods=["POST"]) for name, endpoint in names.items()])


@pytest.mark.parametrize(
    ("path", "method", "status", "says"),
    [
        ("/nothing", "POST", 404, "there is nothing at /nothing"),
        ("/takes", "PUT", 405, "PUT is not allowed here"),
        ("/redis", "POST", 503, "the store does not answer"),
        ("/full", "POST", 503, "the store is full"),
        ("/disk", "POST", 503, "the store cannot write to its disk"),
    ],
)
async def test_every_error_is_a_problem_document(app: ASGIApp, path: str, method: str, status: int, says: str) -> None:
    answer = await ask(app, method, path)
    assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json")
    assert says in answer.json()["detail"]


async def test_a_method_that_is_not_allowed_is_answered_with_those_of_every_route_of_the_path() -> None:
    routes = [("/things", "GET"), ("/things", "POST"), ("/{id}", "PATCH"), ("/other", "DELETE")]
    answer = await ask(application([Route(path, takes, methods=[method]) for path, method in routes]), "PUT", "/things")
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD, PATCH, POST")


async def test_a_fault_of_ours_is_told_without_its_details() -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/fault", "query_string": b"", "headers": []}
    with pytest.raises(ValueError, match="a secret detail"):  # for the server's own log
        await application([Route("/fault", breaks, methods=["POST"])])(scope, receive, send)
    assert sent[0]["status"] == 500
    assert b"secret" not in sent[1]["body"]


@pytest.fixture
async def address(app: ASGIApp) -> AsyncIterator[tuple[str, int]]:
    bound = listen("127.0.0.1", 0)
    serving = Serving(app, bound)
    host, port = bound.getsockname()
    await serving.start()
    yield host, port
    await serving.stop()


async def test_a_refusal_arrives_whole_though_the_body_is_still_being_sent(address: tuple[str, int]) -> None:
    reader, writer = await asyncio.open_connection(*address)
    writer.write(b"POST /refuses HTTP/1.1\r\nhost: x\r\ncontent-length: 3000000\r\nconnection: close\r\n\r\n")
    for _ in range(30):
        writer.write(b"x" * 100_000)
        await writer.drain()
    async with asyncio.timeout(PATIENCE):
        answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.1 401")
    assert answer.endswith(b"no" * 100)


@pytest.mark.parametrize("size", [20_000_000, 60_000_000])
async def test_a_body_that_is_far_too_large_is_refused_in_words_not_by_a_reset(
    address: tuple[str, int], size: int
) -> None:
    reader, writer = await asyncio.open_connection(*address)
    writer.write(b"POST /limits HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n" % size)
    for _ in range(size // 1_000_000):
        writer.write(b"x" * 1_000_000)
        await writer.drain()
    async with asyncio.timeout(PATIENCE):
        answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.1 413")
    assert answer.endswith(b'the body is larger than 1000 bytes"}')


async def test_who_asks_before_sending_a_body_is_refused_before(address: tuple[str, int]) -> None:
    reader, writer = await asyncio.open_connection(*address)
    writer.write(b"POST /limits HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 20000000\r\n\r\n")
    async with asyncio.timeout(PATIENCE):
        answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"connection: close" in answer


async def test_a_body_that_trickles_past_its_answer_holds_no_connection(
    address: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "LINGER_SECONDS", 0.05)
    reader, writer = await asyncio.open_connection(*address)
    writer.write(b"GET /nothing HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n")
    assert (await reader.readuntil(b"}")).startswith(b"HTTP/1.1 404")
    with contextlib.suppress(ConnectionError):
        async with asyncio.timeout(PATIENCE):
            while not reader.at_eof():
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0)
    writer.close()


async def test_a_body_is_taken_as_it_comes(address: tuple[str, int]) -> None:
    reader, writer = await asyncio.open_connection(*address)
    writer.write(b"POST /takes HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\nconnection: close\r\n\r\nab")
    await writer.drain()
    writer.write(b"cd")
    async with asyncio.timeout(PATIENCE):
        answer = await reader.read()
    writer.close()
    assert answer.endswith(b'{"size":4}')


def test_a_port_in_use_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortInUseError, match=f"cannot listen on 127.0.0.1:{port}: Address already in use"):
            listen("127.0.0.1", port)


async def test_a_head_without_end_is_cut_off(address: tuple[str, int]) -> None:
    reader, writer = await asyncio.open_connection(*address)
    writer.write(b"GET / HTTP/1.1\r\n")
    with contextlib.suppress(ConnectionError):
        for number in range(1000):
            writer.write(b"x-%d: %s\r\n" % (number, b"y" * 1000))
            await writer.drain()
    with contextlib.suppress(ConnectionError):
        async with asyncio.timeout(PATIENCE):
            assert (await reader.read(12)) in {b"HTTP/1.1 400", b""}
    writer.close()


async def test_many_requests_on_one_connection_are_each_given_their_own_head(address: tuple[str, int]) -> None:
    reader, writer = await asyncio.open_connection(*address)
    for _ in range(200):
        writer.write(b"POST /takes HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\nx: " + b"y" * 1000 + b"\r\n\r\na")
        await writer.drain()
        async with asyncio.timeout(PATIENCE):
            await reader.readuntil(b'{"size":1}')
    writer.close()


async def test_a_peer_that_takes_nothing_is_cut_off_and_one_that_reads_slowly_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(web, "STALLED_SECONDS", ENOUGH)
    ended: list[str] = []

    async def endless(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        left = asyncio.ensure_future(receive())
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while not left.done():
            await send({"type": "http.response.body", "body": b"x" * 65_536, "more_body": True})
            await asyncio.sleep(0)
        ended.append(scope["path"])

    bound = listen("127.0.0.1", 0)
    serving = Serving(endless, bound)
    await serving.start()
    _, stuck = await asyncio.open_connection(*bound.getsockname(), limit=1024)
    stuck.write(b"GET /stuck HTTP/1.1\r\nhost: x\r\n\r\n")
    reader, slow = await asyncio.open_connection(*bound.getsockname(), limit=1024)
    slow.write(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n")
    while "/stuck" not in ended:
        assert await reader.read(4_096)
    assert "/slow" not in ended
    for one in (stuck, slow):
        one.transport.abort()
    await serving.stop()


async def test_a_peer_that_hangs_up_before_its_body_is_whole_is_no_fault_of_ours(address: tuple[str, int]) -> None:
    with capture_logs() as lines:
        _, writer = await asyncio.open_connection(*address)
        writer.write(b"POST /takes HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nabc")
        await writer.drain()
        writer.close()
        await until(lambda: any(line["event"] == "request.abandoned" for line in lines))
    assert [line["log_level"] for line in lines] == ["debug"]
