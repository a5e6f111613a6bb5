"""Feeds over HTTP beside constant bytes from the same server, and what a new article costs a feed beyond itself."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from statistics import median

from services.syndication.feeds.channel import Channel
from services.syndication.feeds.document import seal
from services.syndication.feeds.formats import RSS
from services.syndication.feeds.press import Page, Press
from services.syndication.feeds.searches import Searches
from services.syndication.feeds.shelf import ALL, FeedName
from services.syndication.handlers import Handlers
from services.syndication.ledger import Ledger
from services.syndication.store import Articles, Library
from shared.redis import Store, connect
from tests.benchmarks.bed import a_server
from tests.benchmarks.line_apart import HOST, ITEMS, an_item, filled, the_line
from tests.benchmarks.load import Target, lap, request, target
from tests.benchmarks.rows import Lap, Row, median_ratio, middle, ms
from tests.builders import MORNING, an_enriched
from tests.syndication.feeds.in_memory import SITE

FEED = "/feeds/all.rss"
QUERIES = 1_000
THERE = 20
"""Articles that each new query is looked for in."""


async def run(requests: int = 6_000, rounds: int = 3) -> list[Row]:
    """Measure with the whole line as the server, in a process of its own; rounds alternate with constant bytes."""
    rows = []
    with the_line() as served:
        ours, bare = served.port, served.bare
        for name, headers in (("GET", {}), ("GET, gzip", {"accept_encoding": "gzip"})):
            rows.append(await _beside(f"cached feed, {name}", ours, bare, request(FEED, **headers), requests, rounds))
        storm = await _known(ours, FEED)
        rows.append(await _beside("cached feed, 304 storm", ours, bare, storm, requests, rounds))
        page = request("/feeds/tags/harbour.json")
        rows.append(await _beside("cached tag feed as JSON, GET", ours, bare, page, requests, rounds))
        front = request("/", accept_encoding="gzip")
        rows.append(await _beside("News Feed page, GET /, gzip", ours, bare, front, requests, rounds))
        storm = await _known(ours, "/")
        rows.append(await _beside("News Feed page, 304 storm", ours, bare, storm, requests, rounds))
    return [*rows, *await _rendering(), *await _searching()]


async def _known(ours: int, path: str) -> bytes:
    """Return the request of a reader who has what is there."""
    _, answer = await target(HOST, ours, request(path))
    return request(path, if_none_match=answer.split(b"etag: ")[1].split(b"\r\n")[0].decode())


async def _beside(name: str, ours: int, bare: int, asked: bytes, requests: int, rounds: int) -> Row:
    """Measure a request beside the very answer it gets, given by an application that does nothing else."""
    aim, answer = await target(HOST, ours, asked)
    await _teach(bare, answer)
    other, again = await target(HOST, bare, asked)
    assert again.partition(b"\r\n")[0] == answer.partition(b"\r\n")[0]
    got, raw = await _alternated(aim, other, requests, rounds)
    size = len(answer.partition(b"\r\n\r\n")[2])
    return Row(
        name=name,
        value=middle(got).rate,
        unit="requests/s",
        ceiling=middle(got).rate / median_ratio(got, raw),
        target=0.8,
        note=f"{size:,} bytes, 32 connections",
    )


async def _alternated(ours: Target, bare: Target, requests: int, rounds: int) -> tuple[list[Lap], list[Lap]]:
    got, raw = [], []
    await lap(ours, requests // 4)
    await lap(bare, requests // 4)
    for _ in range(rounds):
        got.append(await lap(ours, requests))
        raw.append(await lap(bare, requests))
    return got, raw


async def _teach(port: int, answer: bytes) -> None:
    """Tell the bare server what to answer from now on."""
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(b"PUT / HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n%b" % (len(answer), answer))
    await reader.readuntil(b"\r\n\r\n")
    writer.close()


async def _rendering() -> list[Row]:
    """Measure what is done for a new article in a feed of 50 beside rendering the article itself."""
    chance = random.Random(9)
    articles = [an_item(chance, number) for number in range(ITEMS)]
    bodies = [RSS.item(article, SITE) for article in articles]
    moment = MORNING + timedelta(hours=1)
    channel = Channel(feed=ALL, label="", published=moment, modified=moment)

    def joined() -> None:
        b"".join([RSS.head(channel, SITE), *bodies, RSS.foot])

    def sealed() -> None:
        whole = [RSS.head(channel, SITE), *bodies, RSS.foot]
        seal(whole, media_type=RSS.media_type, modified=moment)

    def one() -> None:
        RSS.fault(RSS.item(articles[0], SITE))

    size = sum(map(len, bodies))
    return [
        Row(
            name="one new article into a feed of 50, rendering",
            value=ms(joined, 300),
            unit="ms",
            target=0.1,
            ceiling=1.0,
            note=f"head and join of {size:,} bytes; the item itself {ms(one, 100):.3f} ms with its check",
        ),
        Row(
            name="one new article, hash and three codings",
            value=ms(sealed, 10),
            unit="ms",
            note="once for each change that is asked for, in a thread",
        ),
    ]


async def _searching() -> list[Row]:
    """Measure a new article against a thousand stored searches, and a feed asked for meanwhile."""
    with a_server() as server:
        store = Store(connect(server.url))
        try:
            handlers = await filled(store, THERE)
            return await _searched(Library(Ledger(store), Articles(store)), handlers)
        finally:
            await store.close()


async def _searched(library: Library, handlers: Handlers) -> list[Row]:
    searches, chance = Searches(library), random.Random(3)
    feeds = [FeedName("search", f"tag:harbour AND word{number}") for number in range(QUERIES - 1)]
    feeds.append(FeedName("search", "tag:harbour"))
    started = time.perf_counter()
    for feed in feeds:
        await searches.mark(feed)
    first = (time.perf_counter() - started) * 1e3 / QUERIES
    passes, number = [], 1_000

    async def publish() -> None:
        nonlocal number
        number += 1
        await handlers.on_article_enriched(an_enriched(article=an_item(chance, number)))

    for _ in range(20):
        await publish()
        passes.append(await _timed(lambda: searches.mark(feeds[-1])))
    press = Press(searches, SITE, fresh_for=0)
    await press.document(Page(ALL))
    return [
        Row(
            name=f"one article against {QUERIES:,} stored searches",
            value=median(passes),
            unit="ms",
            note=f"one pass for all; a new query is looked for in {THERE} articles in {first:.2f} ms",
        )
    ]


async def _timed(work: Callable[[], Awaitable[object]]) -> float:
    started = time.perf_counter()
    await work()
    return (time.perf_counter() - started) * 1e3
