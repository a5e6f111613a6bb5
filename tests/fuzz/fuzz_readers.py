"""Throws made-up answers of servers at the readers of sources, twice in a row, and at the search for sources."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any
from unittest.mock import patch

import atheris

from tests.fuzz.fuzzing import fuzz

INSTRUMENTED = ["services.ingest.readers", "services.ingest.discovery", "services.ingest.cms", "services.ingest.fetch"]
with atheris.instrument_imports(include=INSTRUMENTED):
    import orjson
    import structlog

    from services.ingest.app import readers
    from services.ingest.cms.values import document, object_of, objects
    from services.ingest.discovery import discover
    from services.ingest.fetch import FetchOutcome, fetch
    from services.ingest.health import Health
    from services.ingest.pages.robots import Robots
    from services.ingest.reader import Same, Took
    from services.ingest.source import Settings, Source
    from shared.http_client import NoAnswer, Page
    from tests.builders import MORNING

MOST = 6
LOOP = asyncio.new_event_loop()


class Server:
    """Gives some answers in turn, from the first again after the last; the addresses asked make no difference."""

    def __init__(self, answers: list[Mapping[str, Any]]) -> None:
        self.answers, self.asked = answers, 0

    async def get(self, url: str, **_: Any) -> Page | NoAnswer:
        """Answer a request as a server would; one without a status is not answered."""
        told = self.answers[self.asked % len(self.answers)] if self.answers else {}
        self.asked += 1
        status, body = told.get("status", 200), told.get("body", "")
        if not isinstance(status, int) or self.asked > MOST:
            return NoAnswer("it did not answer", 1.0)
        headers = {str(name).lower(): str(value) for name, value in object_of(told.get("headers")).items()}
        whole = body.encode("utf-8", "replace") if isinstance(body, str) else orjson.dumps(body)
        return Page(status=status, headers=headers, body=whole, url=url, moved_to=None, ms=1.0)

    async def ask(self, url: str, **how: Any) -> FetchOutcome:
        """Ask for an address politely."""
        return await fetch(self.get, url, now=lambda: MORNING, **how)


async def at_once(work: Callable[..., Any], *given: Any, **named: Any) -> Any:
    """Stand in for a thread."""
    return work(*given, **named)


async def no_sleep(_: float) -> None:
    """Stand in for a pause."""


def one_input(data: bytes) -> None:
    """Poll a source twice by every reader or one, or look for sources. Raises what a reader should have caught."""
    given = object_of(document(data))
    server = Server(objects(given.get("answers"), 10) or [{"body": data.decode("utf-8", "replace")}])
    LOOP.run_until_complete(polled(server, given))


async def polled(server: Server, given: Mapping[str, Any]) -> None:
    """Read what a source of some kind answers, and once more with what is kept of it."""
    known = readers(Robots(lambda: 0.0, no_sleep))
    if given.get("kind") is None:
        await discover("https://bay.example/", server.ask, known, lambda: 0.0)
        return
    kind = next((one for one in known if one == given["kind"]), None)
    if kind is None:
        return
    settings = Settings(id="bay", kind=kind, url="https://bay.example/blog/", key="k" if kind == "ghost" else None)
    health = Health(cursor=given["cursor"] if isinstance(given.get("cursor"), str) else None)
    for _ in range(1 if kind == "page" else 2):
        reading = await known[kind](Source(settings, health), server.ask)
        health = Health.read(reading.fields) if isinstance(reading, Took | Same) else health


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    # A thread for each document would take most of the time, and feedparser a process of its own.
    with patch("asyncio.to_thread", at_once), patch("services.ingest.parse.feed.read_loosely", return_value=None):
        fuzz(one_input, "readers")
