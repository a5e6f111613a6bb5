"""Secrets in Redis: none in plain sight, old ones sealed at start, those of another key told of and not used."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from services.ingest.app import Ingest
from services.ingest.sealing import Sealing
from services.ingest.source import Settings, Source
from services.ingest.store import SourceStore, source_key
from services.ingest.websub.store import SubscriptionStore
from services.ingest.websub.subscription import Subscription
from shared.auth import Guard
from shared.bus import Bus
from shared.redis import Store
from shared.sealing import Sealer
from shared.settings import Settings as Environment
from shared.web import application
from tests.asgi import ask
from tests.builders import SEALS
from tests.ingest.feeds import a_host
from tests.waiting import until

TOKEN = "an-admin-token-for-tests"
OTHER = Sealer(["another key that is long enough"])
SECRET = "of-news-and-nobody-else"
HUB = Subscription(hubs=("https://hub.example/",), topic="https://bay.example/feed", token="t", secret=SECRET)


async def all_that_is_kept(store: Store) -> bytes:
    kept = [await store.do("HVALS", key) for key in (source_key("bay"), "{src:bay}:websub")]
    return b"".join(value for values in kept for value in values)


async def an_old_store(store: Store) -> None:
    """Store a source and a subscription as they were before anything was sealed."""
    settings = Settings(id="bay", url="https://bay.example/feed", authorization=SECRET)
    await store.do("HSET", source_key("bay"), "settings", settings.model_dump_json())
    await store.do("SADD", "sources", "bay")
    await SubscriptionStore(store, SEALS).put("bay", HUB)
    await SubscriptionStore(store, SEALS).due("bay", 100.0)
    await store.do("HSET", "{src:bay}:websub", "secret", SECRET)
    assert (await all_that_is_kept(store)).count(SECRET.encode()) == 2


async def test_what_was_stored_unsealed_works_and_is_sealed_by_the_first_tick(store: Store) -> None:
    await an_old_store(store)
    sources, subscriptions = SourceStore(store, SEALS), SubscriptionStore(store, SEALS)
    before = await sources.get("bay")
    assert before is not None
    assert before.settings.authorization == SECRET
    assert await subscriptions.get("bay") == HUB
    with capture_logs() as lines:
        await Sealing(sources, subscriptions).tick()
        await Sealing(sources, subscriptions).tick()
    assert lines == [{"event": "secrets.sealed", "log_level": "info", "count": 2}]
    assert SECRET.encode() not in await all_that_is_kept(store)
    assert await sources.get("bay") == before
    assert await subscriptions.get("bay") == HUB


async def test_a_change_that_comes_while_it_is_sealed_is_not_undone(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await an_old_store(store)
    sources = SourceStore(store, SEALS)
    run = store.run

    async def changed_first(*args: Any, **over: Any) -> Any:
        await sources.replace(Settings(id="bay", name="New"))
        return await run(*args, **over)

    monkeypatch.setattr(store, "run", changed_first)
    assert not await sources.seal("bay")
    after = await sources.get("bay")
    assert after is not None
    assert (after.settings.name, after.settings.authorization) == ("New", None)


async def test_another_key_is_told_of_by_name_and_nothing_is_lost_or_sent(store: Store) -> None:
    async with a_host() as host:
        kept = Settings(id="bay", url=host.url, authorization=SECRET)
        await SourceStore(store, SEALS).add(kept)
        await SourceStore(store, SEALS).add(Settings(id="hill", url="https://hill.example/rss"))
        with capture_logs() as lines:
            await Sealing(SourceStore(store, OTHER), SubscriptionStore(store, OTHER)).tick()
        (line,) = lines
        assert (line["event"], line["sources"], line["count"]) == ("secrets.unreadable", ["bay"], 1)
        assert "WIREROOM_SECRET_KEY" in line["reason"]
        assert await SourceStore(store, SEALS).get("bay") == Source(kept)


async def test_with_another_key_a_process_starts_says_so_and_asks_nobody(
    store: Store, redis_url: str, tmp_path: Path
) -> None:
    async with a_host() as host:
        await SourceStore(store, SEALS).add(Settings(id="bay", url=host.url, authorization=SECRET))
        settings = Environment(
            redis_url=redis_url, newsroom=tmp_path, data_dir=tmp_path, allow_networks=(ip_network("127.0.0.0/8"),)
        )
        ingest = Ingest(settings, store, Bus(redis_url, store, service="ingest", partitions=1), Guard(store, TOKEN))
        app = application(ingest.routes)
        with capture_logs() as lines:
            await ingest.start()
            await until(lambda: {"secrets.unreadable", "source.polled"} <= {line["event"] for line in lines})
            shown = (await ask(app, "GET", "/api/v1/sources/bay", token=TOKEN)).json()
            changed = await ask(app, "PATCH", "/api/v1/sources/bay", json={"name": "Bay"}, token=TOKEN)
            await ingest.stop()
        assert host.asked == []
    assert "WIREROOM_SECRET_KEY" in shown["error"]
    assert (shown["authorization"], changed.status) == ("set", 200)
    assert "sealed1." not in str(shown) + str(lines) + changed.body.decode()
    after = await SourceStore(store, SEALS).get("bay")
    assert after is not None
    assert (after.settings.authorization, after.settings.name) == (SECRET, "Bay")
