"""What the webhook tests share: a ledger in memory, a receiver that can misbehave, replicas on one server."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import orjson

from services.syndication.ledger import Recorded
from services.syndication.webhooks.sign import secret_of
from services.syndication.webhooks.store import SubscriptionStore
from services.syndication.webhooks.subscriptions import Secret, Subscription
from services.syndication.webhooks.wiring import SESSION_LIMITS, Webhooks, create
from shared.auth import Guard
from shared.events import Article, to_json
from shared.http_client import connect
from shared.idempotency import Idempotency
from shared.redis import Store
from shared.settings import Settings
from shared.times import now, rfc3339
from tests.builders import an_article

TOKEN = "an-admin-token-for-tests"
LOOPBACK = (ip_network("127.0.0.0/8"),)
KEY = b"0123456789abcdef0123456789abcdef"


class MemoryLedger:
    """A ledger in memory; `publish` appends."""

    def __init__(self) -> None:
        self.entries: list[Recorded] = []
        self.articles: dict[tuple[str, int], Article] = {}
        self.documents: dict[tuple[str, int], bytes] = {}
        self.read_documents: dict[tuple[str, int], int] = defaultdict(int)
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
        }
        self.entries.append(Recorded(**fields | over))
        self._grown.set()
        return seq

    async def read(self, after: int, limit: int, block_ms: int) -> list[Recorded]:
        if after >= len(self.entries) and block_ms:
            self._grown.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(block_ms / 1000):
                    await self._grown.wait()
        return self.entries[after : after + limit]

    async def latest(self) -> int:
        return len(self.entries)

    async def article(self, article_id: str, version: int) -> Article | None:
        return self.articles.get((article_id, version))

    async def document(self, article_id: str, version: int) -> bytes | None:
        self.read_documents[article_id, version] += 1
        return self.documents.get((article_id, version))


@dataclass(frozen=True, slots=True)
class Call:
    """One request a receiver got."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def event(self) -> dict[str, Any]:
        event: dict[str, Any] = orjson.loads(self.body)
        return event

    @property
    def seq(self) -> int:
        seq: int = self.event["data"]["seq"]
        return seq

    @property
    def version(self) -> tuple[str, int]:
        article = self.event["data"]["article"]
        return article["id"], article["version"]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a receiver answers."""

    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


async def fine(_call: Call) -> Reply:
    return Reply()


@dataclass(slots=True)
class Receiver:
    """Calls in the order they came, kept before they are answered."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    answer: Callable[[Call], Awaitable[Reply]] = fine

    @property
    def seqs(self) -> list[int]:
        return [call.seq for call in self.calls]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                lines = (line.partition(":") for line in head[1:] if line)
                headers = {name.lower(): value.strip() for name, _, value in lines}
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                call = Call(head[0].split(" ")[1], headers, body)
                self.calls.append(call)
                reply = await self.answer(call)
                extra = "".join(f"{name}: {value}\r\n" for name, value in reply.headers.items())
                start = f"HTTP/1.1 {reply.status} -\r\n{extra}content-length: {len(reply.body)}\r\n\r\n"
                writer.write(start.encode() + reply.body)
                await writer.drain()
        writer.close()


@contextlib.asynccontextmanager
async def a_receiver(answer: Callable[[Call], Awaitable[Reply]] = fine) -> AsyncIterator[Receiver]:
    """Run a receiver on a free port of loopback."""
    receiver = Receiver(answer=answer)
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        await receiver.serve(reader, writer)
        tasks.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    try:
        yield receiver
    finally:
        server.close()
        for task in [*tasks]:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def subscribe(store: Store, url: str, *, after: int = 0, **over: Any) -> Subscription:
    """Make a subscription past the API; it gets every ledger entry from the first, or those past `after`."""
    registry = SubscriptionStore(store)
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
    session = connect(allowed, limits=SESSION_LIMITS)
    replica = create(
        settings=Settings(data_dir=Path("unused"), allow_networks=allowed),
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
