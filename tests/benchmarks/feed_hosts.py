"""A process of its own that is thousands of feed hosts: conditional GET, news at realistic rates, and a tally."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from random import Random
from typing import cast

import orjson

from tests.benchmarks.apart import apart, hung_up

NEWS = 0.05
"""Part of the looks at which a feed has a new item: some five a day, looked at every quarter of an hour."""

CARELESS = 0.15
"""Part of the feeds whose host knows no validators and dates each document anew."""

SLOWEST = 0.3
"""Seconds that the slowest answer takes; the others take anything below."""

ITEMS = 15
TEXT = "<p>" + "Crews raised the old earth bank by lamp light while the river rose again. " * 20 + "</p>"
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Feed {feed}</title>'
    "<link>http://{host}/</link><description>News</description><lastBuildDate>{built}</lastBuildDate>"
)
ITEM = (
    "<item><title>Story {number} of feed {feed}</title><link>http://{host}/{feed}/{number}</link>"
    '<guid isPermaLink="false">{feed}-{number}</guid><description>Words of story {number}.</description>'
    "<pubDate>{when}</pubDate><content:encoded><![CDATA[{text}]]></content:encoded></item>"
)
WHENS = [f"Sun, 22 Nov 2026 {minute // 60 % 24:02d}:{minute % 60:02d}:00 GMT" for minute in range(1440)]


@contextmanager
def feed_hosts() -> Iterator[int]:
    """Run the hosts; gives the port of 127.0.0.1 at which all of them are."""
    with apart(_serve) as process:
        yield int(process.pipe.recv())


class _Hosts:
    """What the hosts serve, and a tally of who was asked when."""

    def __init__(self) -> None:
        self.random = Random(7)
        self.latest: dict[int, int] = defaultdict(lambda: ITEMS)
        self.begin()

    def begin(self) -> None:
        self.asked: list[tuple[int, float]] = []
        self.answers: dict[int, int] = defaultdict(int)
        self.open: dict[str, int] = defaultdict(int)
        self.last: dict[str, float] = {}
        self.most, self.nearest = 0, float("inf")

    def came(self, host: str, feed: int) -> None:
        now = time.time()
        self.asked.append((feed, now))
        self.open[host] += 1
        self.most = max(self.most, self.open[host])
        if host in self.last:
            self.nearest = min(self.nearest, now - self.last[host])
        self.last[host] = now

    def answer(self, host: str, feed: int, head: bytes) -> bytes:
        if self.random.random() < NEWS:
            self.latest[feed] += 1
        careless = feed % 100 < CARELESS * 100
        etag = f'"{feed}-{self.latest[feed]}"'
        status = 304 if not careless and etag.encode() in head else 200
        self.answers[status] += 1
        if status == 304:
            return f"HTTP/1.1 304 Not Modified\r\netag: {etag}\r\n\r\n".encode()
        body = self.body(host, feed)
        validator = "" if careless else f"etag: {etag}\r\n"
        kind = "content-type: application/rss+xml\r\n"
        return f"HTTP/1.1 200 OK\r\n{kind}{validator}content-length: {len(body)}\r\n\r\n".encode() + body

    def body(self, host: str, feed: int) -> bytes:
        latest = self.latest[feed]
        items = (
            ITEM.format(feed=feed, host=host, number=number, text=TEXT, when=WHENS[number % 1440])
            for number in range(latest, latest - ITEMS, -1)
        )
        return (HEAD.format(feed=feed, host=host, built=time.time()) + "".join(items) + "</channel></rss>").encode()

    def tally(self) -> bytes:
        told = {"asked": self.asked, "most": self.most, "nearest": self.nearest, "answers": dict(self.answers)}
        body = orjson.dumps(told, option=orjson.OPT_NON_STR_KEYS)
        self.begin()
        return b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body)


class _Connection(asyncio.Protocol):
    """Knows as little HTTP as it may: GET /<feed> at any host, and GET /tally."""

    def __init__(self, hosts: _Hosts) -> None:
        self._hosts, self._held = hosts, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._held += data
        while (end := self._held.find(b"\r\n\r\n")) >= 0:
            head, self._held = self._held[:end], self._held[end + 4 :]
            self._answer(head)

    def _answer(self, head: bytes) -> None:
        path = head.split(b" ", 2)[1].decode()
        if path == "/tally":
            self._transport.write(self._hosts.tally())
            return
        at = head.lower().find(b"host:")
        host, feed = head[at + 5 :].split(b"\r\n")[0].strip().decode(), int(path[1:])
        self._hosts.came(host, feed)
        wait = self._hosts.random.random() * SLOWEST
        asyncio.get_running_loop().call_later(wait, self._send, host, feed, head)

    def _send(self, host: str, feed: int, head: bytes) -> None:
        self._hosts.open[host] -= 1
        if self._transport.is_closing():
            return
        self._transport.write(self._hosts.answer(host, feed, head))


async def _serve(pipe: Connection) -> None:
    hosts = _Hosts()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(hosts), "127.0.0.1", 0, backlog=1024)
    pipe.send(server.sockets[0].getsockname()[1])
    await hung_up(pipe)
    server.close()
