"""The raw ceiling of deliveries: the same HTTP client posting the same bytes, with no pipeline before it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from ipaddress import ip_network

from aiohttp.abc import AbstractResolver

from services.syndication.webhooks.message import body, render
from services.syndication.webhooks.sign import signatures
from services.syndication.webhooks.wiring import SESSION_LIMITS
from shared.events import Article, to_json
from shared.http_client import Session, connect
from tests.benchmarks.rows import Lap, Stopwatch
from tests.syndication.webhooks.bed import KEY, MemoryLedger, story

LOOPBACK = (ip_network("127.0.0.0/8"),)
IN_FLIGHT = 64
TEXT = "Crews raised the old earth bank by lamp light while the river rose again. " * 14


def a_story(number: int) -> Article:
    """Return an article whose message has some 2 KB."""
    return story(number, body_text=TEXT)


def payload(seq: int = 1) -> bytes:
    """Return the message of such an article under a number of the ledger."""
    ledger = MemoryLedger()
    ledger.publish(a_story(1), seq=seq)
    rendered = render(ledger.entries[0], to_json(a_story(1)))
    assert rendered is not None
    return body(rendered, None, b"[]")


class Poster:
    """Posts like a delivery that was signed once and for all."""

    def __init__(self, session: Session) -> None:
        id, timestamp = "msg_0123456789abcdef01234567", 1_700_000_000
        self._session = session
        self._headers = {
            "content-type": "application/json",
            "webhook-id": id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signatures([KEY], id, timestamp, payload()),
        }

    async def post(self, url: str, content: bytes) -> None:
        """Post, and read the answer."""
        async with self._session.post(url, data=content, headers=self._headers, allow_redirects=False) as answer:
            await answer.read()


async def flat_out(urls: Sequence[str], *, resolver: AbstractResolver | None = None) -> Lap:
    """Post to each URL in turn, so many at once as a delivery's process might."""
    content, left = payload(), iter(urls)
    async with connect(LOOPBACK, limits=SESSION_LIMITS, resolver=resolver) as session:
        poster = Poster(session)

        async def post_some() -> None:
            for url in left:
                await poster.post(url, content)

        watch = Stopwatch()
        await asyncio.gather(*(post_some() for _ in range(IN_FLIGHT)))
        return watch.lap(len(urls))


async def open_loop(url: str, rate: float, seconds: float) -> dict[int, float]:
    """Post numbered messages at a steady rate, whoever has not answered yet; return when each was due."""
    before, _, after = payload().partition(b'"seq":1,')
    due: dict[int, float] = {}
    async with connect(LOOPBACK, limits=SESSION_LIMITS) as session, asyncio.TaskGroup() as posts:
        poster, began = Poster(session), time.perf_counter()
        for number in range(int(rate * seconds)):
            moment = began + number / rate
            await asyncio.sleep(max(0.0, moment - time.perf_counter()))
            due[number + 1] = moment
            posts.create_task(poster.post(url, b'%b"seq":%d,%b' % (before, number + 1, after)))
    return due
