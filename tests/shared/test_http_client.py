"""The outbound client against real servers on loopback: what it takes, what it cuts off, what it refuses."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import socket
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from ipaddress import ip_network

import brotli
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from backports import zstd
from yarl import URL

from shared.http_client import (
    Answer,
    Limits,
    NoAnswer,
    Page,
    Session,
    TooLarge,
    connect,
    get,
    post,
    redirect_target,
)
from shared.netguard import NotAWebAddress, check_url
from tests.waiting import ENOUGH, PATIENCE

LOOPBACK = (ip_network("127.0.0.0/8"),)
PUBLIC = "93.184.216.34"
Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Site:
    """A server on loopback; `seen` holds the requests that reached it."""

    port: int = 0
    seen: list[web.BaseRequest] = field(default_factory=list)

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[Site]:
    """Serve every path by one handler."""
    site = Site()

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        site.seen.append(request)
        return await handler(request)

    runner = web.ServerRunner(web.Server(handle))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    site.port = runner.addresses[0][1]
    try:
        yield site
    finally:
        await runner.cleanup()


@asynccontextmanager
async def scripted(script: Script) -> AsyncIterator[Site]:
    """Serve raw bytes, for answers that no decent server gives; the request's head has been read."""
    site, open_ = Site(), set[asyncio.Task[None]]()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        open_.add(task)
        try:
            await reader.readuntil(b"\r\n\r\n")
            await script(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client hung up, or the test is over
        finally:
            open_.discard(task)
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    site.port = server.sockets[0].getsockname()[1]
    try:
        yield site
    finally:
        server.close()
        for task in list(open_):
            task.cancel()
        await asyncio.gather(*open_, return_exceptions=True)


def saying(*parts: bytes, then_hang: bool = False) -> Script:
    async def script(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
        if then_hang:
            await asyncio.Event().wait()

    return script


class Names(AbstractResolver):
    """Resolves any name to the next of the given answers, and to the last one ever after."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        addresses = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [
            ResolveResult(hostname=host, host=text, port=port, family=family, proto=0, flags=0) for text in addresses
        ]

    async def close(self) -> None:
        """Nothing is held."""


@pytest.fixture
async def session() -> AsyncIterator[Session]:
    async with connect(LOOPBACK, public_url="https://wire.example") as made:
        yield made


async def send(session: Session, url: str, **changes: object) -> Answer | NoAnswer:
    settings: dict[str, object] = {"body": b"{}", "headers": {}, "timeout": 5.0, **changes}
    return await post(session, url, **settings)  # type: ignore[arg-type]  # as typed in the tests below


async def fetch(session: Session, url: str, **changes: object) -> Page | TooLarge | NoAnswer:
    settings: dict[str, object] = {"headers": {}, "timeout": 5.0, "max_bytes": 100_000, **changes}
    return await get(session, url, **settings)  # type: ignore[arg-type]  # likewise


async def ok(_: web.BaseRequest) -> web.StreamResponse:
    return web.Response(text="taken")


# --- post


async def test_a_post_carries_body_and_headers_and_returns_the_answer(session: Session) -> None:
    bodies: list[bytes] = []

    async def take(request: web.BaseRequest) -> web.StreamResponse:
        bodies.append(await request.read())
        return web.Response(status=202, text="taken", headers={"Retry-After": "7"})

    async with serving(take) as site:
        answer = await send(session, site.url("/hook"), body=b'{"a":1}', headers={"webhook-id": "msg_1"})
    assert isinstance(answer, Answer)
    assert (answer.status, answer.body_start, answer.headers["retry-after"]) == (202, b"taken", "7")
    assert answer.ms > 0
    assert bodies == [b'{"a":1}']
    sent = site.seen[0].headers
    assert (sent["webhook-id"], sent["User-Agent"]) == ("msg_1", "Wireroom/0.1 (+https://wire.example)")
    assert "Cookie" not in sent


async def test_posts_to_one_host_share_a_connection(session: Session) -> None:
    async def peer(request: web.BaseRequest) -> web.StreamResponse:
        assert request.transport is not None
        return web.Response(text=str(request.transport.get_extra_info("peername")[1]))

    async with serving(peer) as site:
        answers = [await send(session, site.url()) for _ in range(3)]
    assert len({answer.body_start for answer in answers if isinstance(answer, Answer)}) == 1


async def test_a_large_body_is_posted_whole(session: Session) -> None:
    async def measure(request: web.BaseRequest) -> web.StreamResponse:
        size = 0
        async for chunk in request.content.iter_chunked(65_536):
            size += len(chunk)
        return web.Response(text=str(size))

    async with serving(measure) as site:
        answer = await send(session, site.url(), body=b"x" * 3_000_000)
    assert isinstance(answer, Answer)
    assert answer.body_start == b"3000000"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_post_never_follows_a_redirect(session: Session, status: int) -> None:
    async def away(_: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=status, headers={"Location": "/elsewhere"})

    async with serving(away) as site:
        answer = await send(session, site.url("/hook"))
    assert isinstance(answer, Answer)
    assert answer.status == status
    assert [request.path for request in site.seen] == ["/hook"]


async def test_no_more_of_an_endless_answer_is_read_than_asked_for(session: Session) -> None:
    async def forever(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"y" * 65_536)
            await writer.drain()

    async with scripted(forever) as site:
        answer = await send(session, site.url(), keep=1_000)
    assert isinstance(answer, Answer)
    assert answer.body_start == b"y" * 1_000


async def test_a_gzip_bomb_in_answer_to_a_post_stays_packed(session: Session) -> None:
    bomb = gzip.compress(bytes(10_000_000))
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)
    async with scripted(saying(head, bomb)) as site:
        answer = await send(session, site.url(), keep=500)
    assert isinstance(answer, Answer)
    assert answer.body_start == bomb[:500]


@pytest.mark.parametrize("end", ["hangs", "breaks off"])
async def test_an_answers_status_counts_although_its_body_never_ends(session: Session, end: str) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"
    async with scripted(saying(head, b"so far", then_hang=end == "hangs")) as site:
        answer = await send(session, site.url(), timeout=ENOUGH)
    assert isinstance(answer, Answer)
    assert (answer.status, answer.body_start) == (200, b"so far")


async def test_an_endpoint_that_hangs_times_out(session: Session) -> None:
    async with scripted(saying(then_hang=True)) as site:
        answer = await send(session, site.url(), timeout=0.2)
    assert isinstance(answer, NoAnswer)
    assert answer.reason == "timed out after 0.2 s"
    assert answer.ms >= 190


async def test_a_receiver_that_sends_nothing_is_given_up_before_the_timeout(session: Session) -> None:
    async with scripted(saying(b"HTTP/1.1 200 OK\r\n", then_hang=True)) as site:
        answer = await send(session, site.url(), timeout=600.0, read=0.1)
    assert isinstance(answer, NoAnswer)
    assert answer.reason == "sent nothing for too long"


async def test_a_body_that_stops_is_kept_as_far_as_it_came(session: Session) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"
    async with scripted(saying(head, b"so far", then_hang=True)) as site:
        answer = await send(session, site.url(), timeout=600.0, read=ENOUGH)
    assert isinstance(answer, Answer)
    assert (answer.status, answer.body_start) == (200, b"so far")


async def test_a_receiver_that_is_slow_and_never_silent_is_heard_out(session: Session) -> None:
    async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for part in b"HTTP/1.1 204 No Content\r\n", b"X-Slow: ", *([b"a"] * 20), b"\r\n\r\n":
            writer.write(part)
            await asyncio.sleep(ENOUGH / 20)

    async with scripted(drip) as site:
        answer = await send(session, site.url(), timeout=600.0, read=ENOUGH)
    assert isinstance(answer, Answer)
    assert answer.ms > ENOUGH * 1000


async def test_a_head_that_drips_does_not_outlast_the_timeout(session: Session) -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        hung_up = asyncio.ensure_future(reader.read())
        while not hung_up.done():
            writer.write(b"a")
            await asyncio.wait({hung_up}, timeout=0.02)

    async with scripted(drip) as site:
        answer = await send(session, site.url(), timeout=0.3)
    assert isinstance(answer, NoAnswer)
    assert answer.reason == "timed out after 0.3 s"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (b"", "closed the connection without answering"),
        (b"-ERR unknown command 'POST'\r\n\r\n", "the answer is not HTTP"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000 + b"\r\n\r\n", "the answer is not HTTP"),
    ],
)
async def test_what_is_not_an_http_answer_is_said_in_words(session: Session, said: bytes, reason: str) -> None:
    async with scripted(saying(said)) as site:
        answer = await send(session, site.url())
    assert isinstance(answer, NoAnswer)
    assert answer.reason == reason
    assert not answer.refused
    assert not answer.unsent


async def test_a_closed_port_is_no_answer(session: Session) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        answer = await send(session, f"http://127.0.0.1:{free.getsockname()[1]}/")
    assert isinstance(answer, NoAnswer)
    assert (answer.reason, answer.unsent) == ("could not connect", True)


async def test_a_server_without_tls_is_no_answer_over_https(session: Session) -> None:
    async with serving(ok) as site:
        answer = await send(session, site.url().replace("http", "https"))
    assert isinstance(answer, NoAnswer)
    assert (answer.reason, answer.unsent) == ("TLS failed", True)


@pytest.mark.parametrize(
    "headers",
    [{"X-Desk": "a\r\nX-Evil: b"}, {"X-Desk": "a\nX-Evil: b"}, {"X-Desk\r\nX-Evil": "b"}, {"X": "\x00"}],
)
async def test_line_breaks_in_headers_are_never_sent(session: Session, headers: dict[str, str]) -> None:
    async with serving(ok) as site:
        answer = await send(session, site.url(), headers=headers)
        assert isinstance(answer, NoAnswer)
        assert answer.refused
        assert isinstance(await send(session, site.url()), Answer)
    assert len(site.seen) == 1


async def test_headers_of_an_answer_are_lower_case_joined_and_fit_for_json(session: Session) -> None:
    said = b"HTTP/1.1 200 OK\r\nX-One: a\r\nx-one: b\r\nX-Odd: \xff\xc3\xa9\r\nContent-Length: 0\r\n\r\n"
    async with scripted(saying(said)) as site:
        answer = await send(session, site.url())
    assert isinstance(answer, Answer)
    assert answer.headers == {"x-one": "a, b", "x-odd": "\ufffdé", "content-length": "0"}


# --- the guard, at connect time


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "localhost", "0x7f.1", "0177.0.0.1", "①②⑦.⓪.⓪.①"],
)
async def test_nothing_reaches_this_machine_unless_allowed(host: str) -> None:
    async with serving(ok) as site, connect(()) as strict:
        answer = await send(strict, site.url(host=host))
        page = await fetch(strict, site.url(host=host))
    assert isinstance(answer, NoAnswer)
    assert isinstance(page, NoAnswer)
    assert answer.refused or answer.reason == "the host does not resolve"
    assert site.seen == []


@pytest.mark.parametrize("host", ["2130706433", "127.1", "017700000001", "127.0.0.1."])
async def test_legacy_numeric_hosts_are_refused_even_when_their_network_is_allowed(session: Session, host: str) -> None:
    async with serving(ok) as site:
        answer = await send(session, site.url(host=host))
    assert isinstance(answer, NoAnswer)
    assert answer.refused
    assert site.seen == []


async def test_a_name_that_turns_inside_after_the_check_is_refused_at_connect() -> None:
    names = Names([PUBLIC], ["127.0.0.1"])

    async def resolve(host: str) -> list[str]:
        return [result["host"] for result in await names.resolve(host)]

    async with serving(ok) as site, connect((), resolver=names) as strict:
        assert await check_url(site.url(host="rebinding.example"), (), resolve) is None
        answer = await send(strict, site.url(host="rebinding.example"))
    assert isinstance(answer, NoAnswer)
    assert answer.refused
    assert "127.0.0.1 is a loopback address" in answer.reason
    assert site.seen == []


async def test_inside_addresses_of_a_mixed_answer_are_never_dialled() -> None:
    names = Names(["127.0.0.1", "169.254.169.254", "10.0.0.1"])
    async with serving(ok) as site, connect((ip_network("127.0.0.2/32"),), resolver=names) as strict:
        answer = await send(strict, site.url(host="mixed.example"))
    assert isinstance(answer, NoAnswer)
    assert answer.refused
    assert site.seen == []


async def test_a_permitted_address_of_a_mixed_answer_is_used() -> None:
    names = Names(["10.0.0.1", "127.0.0.1"])
    async with serving(ok) as site, connect((ip_network("127.0.0.1/32"),), resolver=names) as narrow:
        answer = await send(narrow, site.url(host="mixed.example"))
    assert isinstance(answer, Answer)


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "file:///etc/passwd", "/relative", "http://", ""])
async def test_only_web_addresses_are_asked(session: Session, url: str) -> None:
    for answer in (await send(session, url), await fetch(session, url)):
        assert isinstance(answer, NoAnswer)
        assert answer.refused


async def test_an_over_long_host_name_is_no_answer(session: Session) -> None:
    answer = await send(session, f"http://{'a' * 70}.example/")
    assert isinstance(answer, NoAnswer)
    assert answer.reason == "the host does not resolve"


async def test_a_proxy_of_the_environment_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    async with serving(ok) as site, connect(LOOPBACK) as made:
        assert isinstance(await send(made, site.url()), Answer)


async def test_no_more_connections_are_opened_to_a_host_than_its_limit() -> None:
    gate, arrived = asyncio.Event(), asyncio.Event()

    async def wait(_: web.BaseRequest) -> web.StreamResponse:
        arrived.set()
        await gate.wait()
        return web.Response()

    async with serving(wait) as site, connect(LOOPBACK, limits=Limits(per_host=1)) as narrow:
        first = asyncio.create_task(send(narrow, site.url("/first")))
        await asyncio.wait_for(arrived.wait(), PATIENCE)
        second = await send(narrow, site.url("/second"), timeout=0.2)
        gate.set()
        assert isinstance(await first, Answer)
    assert isinstance(second, NoAnswer)
    assert [request.path for request in site.seen] == ["/first"]


# --- get


async def test_a_get_returns_the_whole_page(session: Session) -> None:
    async def page(request: web.BaseRequest) -> web.StreamResponse:
        assert request.headers["If-None-Match"] == '"a"'
        return web.Response(text="<rss/>", content_type="application/rss+xml", headers={"ETag": '"b"'})

    async with serving(page) as site:
        found = await fetch(session, site.url("/feed"), headers={"If-None-Match": '"a"'})
    assert isinstance(found, Page)
    assert (found.status, found.body, found.headers["etag"]) == (200, b"<rss/>", '"b"')
    assert (found.url, found.moved_to) == (site.url("/feed"), None)


async def test_cookies_are_not_kept(session: Session) -> None:
    async def bake(_: web.BaseRequest) -> web.StreamResponse:
        return web.Response(headers={"Set-Cookie": "desk=1"})

    async with serving(bake) as site:
        for _ in range(2):
            await fetch(session, site.url(host="localhost"))
    assert [request.headers.get("Cookie") for request in site.seen] == [None, None]


async def test_a_304_is_a_page_without_a_body(session: Session) -> None:
    async def unchanged(_: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=304)

    async with serving(unchanged) as site:
        found = await fetch(session, site.url())
    assert isinstance(found, Page)
    assert (found.status, found.body) == (304, b"")


def coded(coding: str, body: bytes) -> Handler:
    async def answer(_: web.BaseRequest) -> web.StreamResponse:
        return web.Response(body=body, headers={"Content-Encoding": coding})

    return answer


PACKED = [
    ("gzip", gzip.compress),
    ("deflate", zlib.compress),
    ("br", partial(brotli.compress, quality=1)),
    ("zstd", zstd.compress),
]


@pytest.mark.parametrize(("coding", "pack"), PACKED)
async def test_packed_pages_are_unpacked(session: Session, coding: str, pack: Callable[[bytes], bytes]) -> None:
    async with serving(coded(coding, pack(b"<rss/>" * 9))) as site:
        found = await fetch(session, site.url())
    assert isinstance(found, Page)
    assert found.body == b"<rss/>" * 9
    assert site.seen[0].headers["Accept-Encoding"] == "gzip, deflate, br, zstd"


@pytest.mark.parametrize(("coding", "pack"), PACKED)
async def test_a_bomb_is_cut_off_at_its_unpacked_size(
    session: Session, coding: str, pack: Callable[[bytes], bytes]
) -> None:
    bomb = pack(bytes(50_000_000))
    tracemalloc.start()
    try:
        async with serving(coded(coding, bomb)) as site:
            found = await fetch(session, site.url())
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert isinstance(found, TooLarge)
    assert found.max_bytes == 100_000
    assert most < 20_000_000


@pytest.mark.parametrize("coding", ["br, gzip", "compress", "gzip, gzip", "x-unknown"])
async def test_a_coding_that_was_not_asked_for_is_no_answer(session: Session, coding: str) -> None:
    async with serving(coded(coding, b"packed somehow")) as site:
        found = await fetch(session, site.url())
    assert isinstance(found, NoAnswer)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
async def test_a_page_that_only_claims_to_be_packed_is_no_answer(session: Session, coding: str) -> None:
    async with serving(coded(coding, b"<rss/>")) as site:
        found = await fetch(session, site.url())
    assert isinstance(found, NoAnswer)


@pytest.mark.parametrize(("size", "kind"), [(100_000, Page), (100_001, TooLarge)])
async def test_the_cap_is_exact_for_a_page_without_a_length(session: Session, size: int, kind: type) -> None:
    async with scripted(saying(b"HTTP/1.1 200 OK\r\n\r\n", b"z" * size)) as site:
        assert isinstance(await fetch(session, site.url()), kind)


async def test_a_length_over_the_cap_is_refused_unread(session: Session) -> None:
    async with scripted(saying(b"HTTP/1.1 200 OK\r\nContent-Length: 100001\r\n\r\n", then_hang=True)) as site:
        assert isinstance(await fetch(session, site.url()), TooLarge)


async def test_a_page_that_drips_does_not_outlast_the_timeout(session: Session) -> None:
    async with scripted(saying(b"HTTP/1.1 200 OK\r\n\r\n", b"<rss", then_hang=True)) as site:
        found = await fetch(session, site.url(), timeout=0.2)
    assert isinstance(found, NoAnswer)
    assert found.reason == "timed out after 0.2 s"


async def test_a_page_that_breaks_off_is_no_answer(session: Session) -> None:
    async with scripted(saying(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", b"<rss")) as site:
        found = await fetch(session, site.url())
    assert isinstance(found, NoAnswer)
    assert found.reason == "the answer broke off, or could not be decoded"


# --- redirects


def moving(**hops: tuple[int, str]) -> Handler:
    """Answer `/name` with a status and a Location, and every other path with a page."""

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        if request.path[1:] not in hops:
            return web.Response(text="here")
        status, location = hops[request.path[1:]]
        return web.Response(status=status, headers={"Location": location})

    return answer


@pytest.mark.parametrize(
    ("statuses", "moved_to"),
    [
        ((301,), "/end"),
        ((308,), "/end"),
        ((302,), None),
        ((307,), None),
        ((301, 308), "/end"),
        ((301, 302), "/b"),
        ((303, 301), None),
    ],
)
async def test_only_leading_permanent_redirects_move_the_stored_address(
    session: Session, statuses: tuple[int, ...], moved_to: str | None
) -> None:
    hops = {"a": (statuses[0], "/b"), "b": (statuses[-1], "end")} if statuses[1:] else {"a": (statuses[0], "/end")}
    async with serving(moving(**hops)) as site:
        found = await fetch(session, site.url("/a"))
    assert isinstance(found, Page)
    assert (found.url, found.body) == (site.url("/end"), b"here")
    assert found.moved_to == (moved_to and site.url(moved_to))


@pytest.mark.parametrize("location", ["http://site.example/", "http://other.example/"])
def test_a_redirect_from_https_to_http_is_refused(location: str) -> None:
    with pytest.raises(NotAWebAddress, match="from https to http"):
        redirect_target(URL("https://site.example/"), location)


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("https://other.example/x", "https://other.example/x"),
        ("//other.example/", "https://other.example/"),
        ("../y?z", "https://site.example/y?z"),
        ("", "https://site.example/a/b"),
    ],
)
def test_a_redirect_may_stay_on_https_and_be_relative(location: str, target: str) -> None:
    assert str(redirect_target(URL("https://site.example/a/b"), location)) == target


async def test_a_circle_of_redirects_ends(session: Session) -> None:
    async with serving(moving(a=(302, "/b"), b=(302, "/a"))) as site:
        found = await fetch(session, site.url("/a"), max_redirects=3)
    assert isinstance(found, NoAnswer)
    assert found.reason == "redirects more than 3 times"
    assert len(site.seen) == 4


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://[::1]:8000/",
        "http://2130706433/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "http://user@127.0.0.1/",
        "http://[",
        "http://127.0.0.1:6379/",
    ],
)
async def test_a_redirect_to_where_nobody_may_go_is_refused(session: Session, target: str) -> None:
    async with serving(moving(a=(302, target))) as site:
        found = await fetch(session, site.url("/a"))
    assert isinstance(found, NoAnswer)
    assert found.refused
    assert len(site.seen) == 1


async def test_a_redirect_to_loopback_is_refused_at_connect() -> None:
    async with (
        serving(ok) as inside,
        serving(moving(a=(302, inside.url("/secret", "127.0.0.2")))) as site,
        connect((ip_network("127.0.0.1/32"),)) as narrow,
    ):
        found = await fetch(narrow, site.url("/a"))
    assert isinstance(found, NoAnswer)
    assert "127.0.0.2 is a loopback address" in found.reason
    assert inside.seen == []


async def test_credentials_stay_with_the_origin_they_are_for(session: Session) -> None:
    headers = {"Authorization": "Bearer made-up", "cookie": "a=b", "If-None-Match": '"a"'}
    async with serving(ok) as other, serving(moving(a=(302, "/b"), b=(302, other.url("/end")))) as site:
        found = await fetch(session, site.url("/a"), headers=headers)
    assert isinstance(found, Page)
    assert [request.headers.get("Authorization") for request in site.seen] == ["Bearer made-up"] * 2
    assert not {"Authorization", "Cookie"} & set(other.seen[0].headers)
    assert other.seen[0].headers["If-None-Match"] == '"a"'
    assert headers["Authorization"] == "Bearer made-up"


async def test_a_redirect_without_a_location_is_the_page_itself(session: Session) -> None:
    async def nowhere(_: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=302, text="nowhere")

    async with serving(nowhere) as site:
        found = await fetch(session, site.url())
    assert isinstance(found, Page)
    assert (found.status, found.body) == (302, b"nowhere")


async def test_interim_answers_without_end_are_given_up() -> None:
    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            while True:
                writer.write(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)
                await writer.drain()

    server = await asyncio.start_server(flood, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, connect((ip_network("127.0.0.0/8"),)) as session:
        async with asyncio.timeout(PATIENCE):
            answer = await post(session, f"http://127.0.0.1:{port}/", body=b"{}", headers={}, timeout=4)
    assert isinstance(answer, NoAnswer)
