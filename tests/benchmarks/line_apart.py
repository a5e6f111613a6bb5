"""The whole line as a server in a process of its own, with articles in it, and constant bytes from the same process."""

from __future__ import annotations

import contextlib
import random
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from starlette.types import Receive, Scope, Send

from services import NAMES
from services.all_in_one import Process
from services.syndication.handlers import Handlers
from shared import logs
from shared.events import Tag
from shared.redis import Store
from shared.settings import Settings
from shared.web import Serving, listen
from tests.benchmarks.apart import apart, hung_up
from tests.benchmarks.bed import a_server
from tests.builders import MORNING, an_article, an_enriched
from tests.syndication.feeds.in_memory import a_story
from tests.syndication.parts import handlers_on

ITEMS = 50
HOST = "127.0.0.1"
WORDS = 300


@dataclass(frozen=True, slots=True)
class Served:
    """The process, the ports of the line and of the constant bytes, and the line's Redis."""

    pid: int
    port: int
    bare: int
    redis: str


@contextlib.contextmanager
def the_line() -> Iterator[Served]:
    """Run the whole line, and the constant application beside it."""
    with apart(_serving) as process:
        port, bare, redis = process.pipe.recv()
        yield Served(process.pid, port, bare, redis)


async def _serving(pipe: Connection) -> None:
    logs.configure("json", "error", service="bench")
    with a_server() as server:
        async with _line(server.url, server.folder) as port, _beside(Constant()) as bare:
            pipe.send((port, bare, server.url))
            await hung_up(pipe)


@contextlib.asynccontextmanager
async def _line(url: str, folder: Path) -> AsyncIterator[int]:
    bound = listen(HOST, 0)
    (folder / "newsroom").mkdir()
    settings = Settings(redis_url=url, data_dir=folder / "data", newsroom=folder / "newsroom")
    process = Process(settings, url, NAMES, "an-admin-token-for-benchmarks")
    serving = Serving(process.app, bound)
    await filled(process.store, ITEMS)
    await serving.start()
    await process.start()
    try:
        yield bound.getsockname()[1]
    finally:
        await process.hang_up()
        await serving.stop()
        await process.stop()


@contextlib.asynccontextmanager
async def _beside(app: Constant) -> AsyncIterator[int]:
    bound = listen(HOST, 0)
    serving = Serving(app, bound)
    await serving.start()
    try:
        yield bound.getsockname()[1]
    finally:
        await serving.stop()


async def filled(store: Store, count: int) -> Handlers:
    """Bring articles into the ledger."""
    handlers = handlers_on(store, now=lambda: MORNING)
    chance = random.Random(5)
    for number in range(count):
        await handlers.on_article_enriched(an_enriched(article=an_item(chance, number)))
    return handlers


def an_item(chance: random.Random, number: int, **over: Any) -> Any:
    """Return an article of some 300 words, with picture and author."""
    text = " ".join("".join(chance.choices("aeinorstlu", k=chance.randint(2, 9))) for _ in range(WORDS))
    fields: dict[str, Any] = {
        "id": f"desk-{number:020}",
        "guid": f"g-{number}",
        "headline": f"Headline {number} of the day",
        "body_html": f"<p>{text}</p>",
        "body_text": text,
        "published_at": MORNING + timedelta(seconds=number),
        "tags": (Tag(id="topic/harbour", slug="harbour", name="Harbour"),),
        "authors": a_story().authors,
        "images": a_story().images,
    }
    return an_article(**fields | over)


class Constant:
    """Answers every GET with the bytes it was last given by a PUT."""

    def __init__(self) -> None:
        self._start: dict[str, Any] = {}
        self._body: dict[str, Any] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "PUT":
            await self._taught(receive)
        await send(self._start)
        await send(self._body)

    async def _taught(self, receive: Receive) -> None:
        whole, more = b"", True
        while more:
            message = await receive()
            whole, more = whole + message["body"], message["more_body"]
        head, _, body = whole.partition(b"\r\n\r\n")
        first, *lines = head.split(b"\r\n")
        # What the server adds by itself to any answer is not to be added twice.
        headers = [(name, value) for name, _, value in (line.partition(b": ") for line in lines) if name != b"date"]
        self._start = {"type": "http.response.start", "status": int(first.split()[1]), "headers": headers}
        self._body = {"type": "http.response.body", "body": body}
