"""The hub's way through the whole of ingest: a polled feed names it, a push of it reaches the line."""

from __future__ import annotations

import hmac
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from services.ingest.app import Ingest
from shared.auth import Guard
from shared.bus import Bus
from shared.redis import Store
from shared.settings import Settings
from shared.streams import ARTICLE_INGESTED
from shared.web import application
from tests.asgi import ask
from tests.ingest.cms.asking import a_server
from tests.ingest.feeds import a_host, an_item, rss
from tests.ingest.websub.hub import Hub
from tests.waiting import until


async def test_a_push_is_on_the_line_before_the_next_poll(store: Store, redis_url: str, tmp_path: Path) -> None:
    hub = Hub()
    async with a_server(hub.answer) as hub.url, a_host() as host:
        links = f'<atom:link rel="hub" href="{hub.url}"/><atom:link rel="self" href="{host.url}"/>'
        host.body = rss(an_item(1), channel=links)
        (tmp_path / "sources.toml").write_text(f'[[source]]\nid = "bay"\nurl = "{host.url}"\n')
        settings = Settings(
            redis_url=redis_url,
            newsroom=tmp_path,
            data_dir=tmp_path / "data",
            public_url="http://127.0.0.1:8000",
            allow_networks=(ip_network("127.0.0.0/8"),),
        )
        bus = Bus(redis_url, store, service="ingest", partitions=1)
        ingest = Ingest(settings, store, bus, Guard(store, "an-admin-token-for-tests"))
        app = application(ingest.routes)
        await ingest.start()
        await until(lambda: hub.asked)
        parts = urlsplit(hub.last["hub.callback"])
        asked = {"hub.mode": "subscribe", "hub.topic": host.url, "hub.challenge": "c-1", "hub.lease_seconds": "864000"}
        answer = await ask(app, "GET", f"{parts.path}?{parts.query}&{urlencode(asked)}")
        assert (answer.status, answer.body) == (200, b"c-1")
        body = rss(an_item(2), an_item(1), channel=links)
        signed = hmac.new(hub.last["hub.secret"].encode(), body, "sha256").hexdigest()
        answer = await ask(
            app, "POST", f"{parts.path}?{parts.query}", body=body, headers={"x-hub-signature": f"sha256={signed}"}
        )
        assert answer.status == 202
        await until(lambda: _count(store, 2))
        assert len(host.asked) == 1
        await ingest.stop()


async def _count(store: Store, wanted: int) -> bool:
    return bool(await store.do("XLEN", ARTICLE_INGESTED.key(0)) == wanted)
