"""Feeds for tests, and a web server that serves them as feed hosts do."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Any

from aiohttp import web

SPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:atom="http://www.w3.org/2005/Atom"'
)


def rss(*items: str, channel: str = "") -> bytes:
    head = f"<title>Bay Wire</title><link>https://bay.example/</link><description>d</description>{channel}"
    return f'<?xml version="1.0"?><rss version="2.0" {SPACES}><channel>{head}{"".join(items)}</channel></rss>'.encode()


def an_item(number: int = 1, title: str | None = None, more: str = "") -> str:
    return (
        f"<item><title>{title or f'Story {number}'}</title><link>https://bay.example/{number}</link>"
        f"<guid isPermaLink='false'>g{number}</guid><description>Words of story {number}.</description>"
        f"<pubDate>Sun, 22 Nov 2026 {number // 60:02d}:{number % 60:02d}:00 GMT</pubDate>{more}</item>"
    )


def items(numbers: Iterable[int]) -> list[str]:
    return [an_item(number) for number in numbers]


class Host:
    """Serves `body` with a strong ETag and honours If-None-Match; or answers `status` with `headers`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.body = rss(an_item())
        self.status = 200
        self.headers: dict[str, str] = {}
        self.conditional = True
        self.asked: list[dict[str, str]] = []
        self.at_once = self.most_at_once = 0

    @property
    def etag(self) -> str:
        return f'"{sha256(self.body).hexdigest()[:12]}"'

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append({name.lower(): value for name, value in request.headers.items()})
        if self.status != 200:
            return web.Response(status=self.status, headers=self.headers)
        if self.conditional and request.headers.get("if-none-match") == self.etag:
            return web.Response(status=304, headers={"ETag": self.etag})
        headers = ({"ETag": self.etag} if self.conditional else {}) | self.headers
        return web.Response(body=self.body, content_type="application/rss+xml", headers=headers)


@asynccontextmanager
async def a_host() -> AsyncIterator[Host]:
    host = Host("")

    async def answer(request: web.Request) -> web.StreamResponse:
        return await host.answer(request)

    app = web.Application()
    app.router.add_get("/{tail:.*}", answer)
    runner: Any = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host.url = f"http://127.0.0.1:{runner.addresses[0][1]}/feed"
    try:
        yield host
    finally:
        await runner.cleanup()
