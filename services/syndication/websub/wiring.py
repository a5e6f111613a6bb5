"""Builds the hub from what the service has: its feeds, its guarded session, its store."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from functools import partial

from services.syndication.feeds.press import Press
from services.syndication.feeds.site import Site
from services.syndication.websub.hub import (
    DELIVER_SECONDS,
    MOST_ECHOED,
    TICK_SECONDS,
    VERIFY_SECONDS,
    Hub,
    Topics,
    Ways,
)
from services.syndication.websub.routes import WebSubRoutes
from services.syndication.websub.store import Hubs
from shared import http_client
from shared.bus import consumer_name
from shared.http_client import Answer, NoAnswer, Page, Session, TooLarge
from shared.netguard import check_url
from shared.redis import Store
from shared.sealing import sealer
from shared.settings import Settings
from shared.ticks import Tick


class WebSub:
    """The hub with its route and its loop."""

    def __init__(
        self, settings: Settings, store: Store, session: Session, topics: Topics, press: Press, site: Site
    ) -> None:
        async def get(url: str) -> Page | TooLarge | NoAnswer:
            return await http_client.get(
                session, url, headers={}, timeout=VERIFY_SECONDS, max_bytes=MOST_ECHOED, max_redirects=0
            )

        async def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer | NoAnswer:
            return await http_client.post(session, url, body=body, headers=headers, timeout=DELIVER_SECONDS, keep=1_024)

        ways = Ways(get=get, post=post, now=time.time, challenge=lambda: secrets.token_urlsafe(24))
        hubs = Hubs(store, sealer(settings.secret_key, settings.data_dir))
        self.hub = Hub(hubs, topics, press, site, ways, store=store, me=consumer_name("hub"))
        self.tick = Tick("websub hub", TICK_SECONDS, self.hub.tick)
        check = partial(check_url, allowed=settings.allow_networks)
        self.routes = WebSubRoutes(hubs, site, check, self.tick.wake).routes
