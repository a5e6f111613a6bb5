"""Ingest as a process runs it: from file, feed and push to the stream, with stop and start between."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from typing import Any

import orjson
from structlog.testing import capture_logs

from services.ingest.app import Ingest
from shared.auth import Guard
from shared.bus import Bus, wire
from shared.redis import Store, connect
from shared.settings import Settings
from shared.streams import ARTICLE_INGESTED
from shared.web import application
from tests.asgi import ask
from tests.builders import a_push
from tests.ingest.feeds import a_host
from tests.waiting import until

TOKEN = "an-admin-token-for-tests"


def an_ingest(store: Store, url: str, newsroom: Path) -> Ingest:
    settings = Settings(
        redis_url=url, newsroom=newsroom, data_dir=newsroom / "data", allow_networks=(ip_network("127.0.0.0/8"),)
    )
    bus = Bus(url, store, service="ingest", partitions=1)
    return Ingest(settings, store, bus, Guard(store, TOKEN))


async def on_the_line(store: Store) -> list[dict[str, Any]]:
    entries = await store.do("XRANGE", ARTICLE_INGESTED.key(0), "-", "+")
    return [orjson.loads(wire.decode(fields)) for _, fields in entries]


async def test_file_feed_and_push_all_reach_the_line_and_no_start_repeats_them(
    store: Store, redis_url: str, tmp_path: Path
) -> None:
    (tmp_path / "drop").mkdir()
    (tmp_path / "drop" / "010.json").write_bytes(orjson.dumps(a_push(guid="dropped")))
    async with a_host() as host:
        (tmp_path / "sources.toml").write_text(f'[[source]]\nid = "bay"\nurl = "{host.url}"\n')
        ingest = an_ingest(store, redis_url, tmp_path)
        await ingest.start()
        app = application(ingest.routes)
        answer = await ask(app, "POST", "/api/v1/articles", json=a_push(guid="pushed"), token=TOKEN)
        assert answer.status == 202
        await until(lambda: _count(store, 3))
        assert ingest.unready() is None
        await ingest.stop()
        (tmp_path / "drop" / "020.json").write_bytes(orjson.dumps(a_push(guid="second")))
        with capture_logs() as lines:
            again = an_ingest(store, redis_url, tmp_path)
            await again.start()
            await until(lambda: _count(store, 4))
            await again.stop()
    assert {event["article"]["guid"] for event in await on_the_line(store)} == {"dropped", "pushed", "g1", "second"}
    assert len([line for line in lines if line["event"] == "article.ingested"]) == 1
    assert not any(loop.running for loop in (*ingest.loops, *again.loops))


async def test_a_redis_that_is_away_at_start_stops_nothing_and_is_told_of(short_dir: Path) -> None:
    url = f"unix://{short_dir}/redis.sock"
    store = Store(connect(url))
    with capture_logs() as lines:
        ingest = an_ingest(store, url, short_dir)
        await ingest.start()
        await until(lambda: all(loop.failed for loop in ingest.loops if loop.name == "poll sources"))
        assert all(loop.running for loop in ingest.loops)
        app = application(ingest.routes)
        answer = await ask(app, "POST", "/api/v1/articles", json=a_push(), token=TOKEN)
        assert answer.status == 503
        await ingest.stop()
        await store.close()
    assert "loop.failed" in {line["event"] for line in lines}


async def _count(store: Store, wanted: int) -> bool:
    return len(await on_the_line(store)) == wanted
