"""What goes wrong with the server itself while the line runs: flushed, or killed on a laptop; all goes on by itself."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from services.all_in_one import redis_for
from services.syndication.ledger.numbering import MARGIN
from shared.embedded import EmbeddedServer
from shared.redis import Store
from shared.settings import Settings
from tests.builders import a_push
from tests.journeys.line import Line, a_line
from tests.receiver import Receiver
from tests.waiting import until


async def _subscribe(line: Line, receiver: Receiver) -> None:
    status, _ = await line.post("/api/v1/subscriptions", {"url": receiver.url})
    assert status == 201


async def _accepted(line: Line, guid: str, headline: str) -> bool:
    status, _ = await line.post("/api/v1/articles", a_push(guid=guid, headline=headline))
    return status in {200, 202}


async def test_after_a_flush_feeds_and_webhooks_tell_of_what_comes_then(
    line: Line, receiver: Receiver, store: Store
) -> None:
    await _subscribe(line, receiver)
    for number in range(3):
        await line.push(guid=f"old-{number}", headline="Old")
    await until(lambda: len(receiver.calls) == 3)
    assert b"Old" in (await line.get("/feeds/all.rss")).body
    await store.do("FLUSHALL")
    await until(line.ready)
    await _subscribe(line, receiver)
    await until(lambda: _accepted(line, "old-0", "New"))
    await until(lambda: len(receiver.calls) == 4)
    event = receiver.calls[-1].event
    assert (event["data"]["seq"], event["data"]["article"]["headline"]) == (2 * MARGIN + 1, "New")
    await until(lambda: _feed_says(line, b"New"))
    assert b"Old" not in (await line.get("/feeds/all.rss")).body


async def _feed_says(line: Line, text: bytes) -> bool:
    return text in (await line.get("/feeds/all.rss")).body


async def test_an_embedded_server_that_is_killed_comes_back_with_everything(short_dir: Path) -> None:
    settings = Settings(data_dir=short_dir / "data", newsroom=short_dir / "newsroom")
    settings.newsroom.mkdir()
    async with redis_for(settings) as url, a_line(url, settings.data_dir, settings.newsroom) as line:
        await until(lambda: _accepted(line, "before", "Before"))
        await until(lambda: _counted(line, 1))
        os.kill(_pid(settings), signal.SIGKILL)
        await until(lambda: _accepted(line, "after", "After"))
        await until(lambda: _counted(line, 2))
        await until(line.ready)


def _pid(settings: Settings) -> int:
    return int((EmbeddedServer(settings.data_dir).folder / "redis.pid").read_text())


async def _counted(line: Line, count: int) -> bool:
    answer = await line.get("/api/v1/events?limit=10")
    return answer.status == 200 and answer.body.count(b'"type":"article.published"') == count
