"""What the webhook tests share: a ledger in memory, subscriptions made past the API, replicas on one server."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import orjson

from services.syndication.ledger import Head, Recorded
from services.syndication.webhooks.attempt_log import AttemptLog
from services.syndication.webhooks.lane_replies import State
from services.syndication.webhooks.sign import secret_of
from services.syndication.webhooks.store import SubscriptionStore
from services.syndication.webhooks.subscriptions import Secret, Subscription
from services.syndication.webhooks.wiring import SESSION_LIMITS, Webhooks, create
from shared.auth import Guard
from shared.events import Article, to_json
from shared.http_client import connect
from shared.idempotency import Idempotency
from shared.redis import Store
from shared.sealing import Sealer
from shared.settings import Settings
from shared.times import now, rfc3339
from tests.builders import an_article
from tests.waiting import until

TOKEN = "an-admin-token-for-tests"
LOOPBACK = (ip_network("127.0.0.0/8"),)
SEALING_KEY = "a sealing key for tests, long enough"
SEALER = Sealer((SEALING_KEY,))
KEY = b"0123456789abcdef0123456789abcdef"


class MemoryLedger:
    """A ledger in memory; `publish` appends."""

    def __init__(self) -> None:
        self.entries: list[Recorded] = []
        self.articles: dict[tuple[str, int], Article] = {}
        self.documents: dict[tuple[str, int], bytes] = {}
        self.read_documents: dict[tuple[str, int], int] = defaultdict(int)
        self.newest: dict[str, Recorded] = {}
        self._grown = asyncio.Event()

    def publish(self, article: Article, type: str = "article.published", **over: Any) -> int:
        seq = len(self.entries) + 1
        self.articles[article.id, article.version] = article
        self.documents[article.id, article.version] = to_json(article)
        fields: dict[str, Any] = {
            "seq": seq,
            "type": type,
            "article_id": article.id,
            "version": article.version,
            "timestamp": rfc3339(now()),
            "correlation_id": f"c-{seq}",
            "before": self.newest[article.id].seq if article.id in self.newest else None,
        }
        entry = self.newest[article.id] = Recorded(**fields | over)
        self.entries.append(entry)
        self._grown.set()
        return seq

    async def read(self, after: int, limit: int, block_ms: int) -> list[Recorded]:
        if after >= len(self.entries) and block_ms:
            self._grown.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(block_ms / 1000):
                    await self._grown.wait()
        return self.entries[after : after + limit]

    async def read_back(self, before: int, limit: int) -> list[Recorded]:
        return self.entries[max(0, before - 1 - limit) : before - 1]

    async def latest(self) -> int:
        return len(self.entries)

    async def article(self, article_id: str, version: int) -> Article | None:
        return self.articles.get((article_id, version))

    async def document(self, article_id: str, version: int) -> bytes | None:
        self.read_documents[article_id, version] += 1
        return self.documents.get((article_id, version))

    async def heads(self, article_ids: Sequence[str]) -> list[Head | None]:
        found = [self.newest.get(id) for id in article_ids]
        return [None if each is None else Head(each.version, each.seq, 0) for each in found]

    async def head(self, article_id: str) -> tuple[int, int] | None:
        found = self.newest.get(article_id)
        return None if found is None else (found.version, found.seq)


class Deliveries:
    """An engine that takes what was claimed for it, as much as there is room for, and sends nothing."""

    def __init__(self, room: int = 1_000) -> None:
        self.room = room
        self.claimed: list[tuple[str, int]] = []

    @property
    def takers(self) -> list[str]:
        return [id for id, _ in self.claimed]

    async def make_room(self, wanted: int) -> bool:
        return self.room >= wanted

    def caps(self, _subscriptions: Iterable[str]) -> Mapping[str, int]:
        return {}

    def take(self, states: Iterable[State]) -> None:
        claimed = [(each.subscription, each.seq) for state in states for each in state.claimed]
        self.claimed += claimed
        self.room -= len(claimed)

    def rewind(self) -> None:
        raise AssertionError("the ledger was not begun anew")


class NothingMissed:
    """Stands for who fetches what found a queue full, where none is."""

    def note(self, states: Iterable[State]) -> None:
        assert all(state.missed_from is None for state in states)

    async def fetch(self, cursor: int) -> bool:
        return cursor < 0


async def subscribe(store: Store, url: str, *, after: int = 0, **over: Any) -> Subscription:
    """Make a subscription past the API; it gets every ledger entry from the first, or those past `after`."""
    registry = SubscriptionStore(store, SEALER)
    fields: dict[str, Any] = {
        "id": f"sub_{secrets.token_hex(6)}",
        "number": await registry.number(),
        "url": url,
        "created_at": rfc3339(now()),
        "secrets": (Secret(secret_of(KEY)),),
        "schedule": (0.1, 0.1, 0.1),
    }
    subscription = Subscription(**fields | over)
    await registry.add(subscription, after)
    return subscription


def settings(**over: Any) -> Settings:
    return Settings(data_dir=Path("unused"), allow_networks=LOOPBACK, **over)


@contextlib.asynccontextmanager
async def a_replica(store: Store, ledger: MemoryLedger, **over: Any) -> AsyncIterator[Webhooks]:
    """Run the webhooks of one replica; `started=False` leaves them for the test to start."""
    started, allowed = over.pop("started", True), over.pop("allow_networks", LOOPBACK)
    sealing = over.pop("sealing_key", SEALING_KEY)
    session = connect(allowed, limits=SESSION_LIMITS, resolver=over.pop("resolver", None))
    replica = create(
        settings=Settings(data_dir=Path("unused"), allow_networks=allowed, secret_key=(sealing,)),
        store=store,
        ledger=ledger,
        session=session,
        guard=Guard(store, TOKEN),
        idempotency=Idempotency(store),
        **over,
    )
    try:
        if started:
            await replica.start()
        yield replica
    finally:
        await replica.stop(grace=1.0)
        await session.close()


def story(number: int = 1, version: int = 1, **over: Any) -> Article:
    """Return a version of one of many articles."""
    return an_article(id=f"desk-story{number}", guid=f"story-{number}", version=version, **over)


async def logged(store: Store, subscription: str, count: int) -> list[dict[str, Any]]:
    """Return the latest attempts of a subscription, newest first, once there are so many."""

    async def there() -> bool:
        return bool(await store.do("XLEN", f"{{s:{subscription}}}:log") >= count)

    await until(there)
    return [orjson.loads(entry) for _, entry in await AttemptLog(store).before(subscription, None, 10)]
