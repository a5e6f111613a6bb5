"""Relays what was committed to the line, in order within a source; leaves committing to the store."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, Protocol

import structlog

from services.ingest.store import ItemStore, SourceStore, Waiting
from shared.streams import ARTICLE_INGESTED, Stream

log = structlog.get_logger()

BATCH = 200
AT_ONCE = 64
FULL_EVERY = 75
"""The first sweep looks at all sources for what a crash left unmarked, and so many later ones share them out."""


class Line(Protocol):
    """The part of the bus that a relay needs."""

    async def send(self, stream: Stream[Any], events: Sequence[tuple[str, bytes, str]]) -> None:
        """Append events, given as (article id, JSON, correlation id)."""


class Outbox:
    """Moves events from the sources' outboxes to article.ingested: at least once, and never out of order.

    Two processes may relay the same outbox. Each sends all of it in order before it takes anything out, so a
    version is first seen after the ones before it, and readers drop repeats by (article, version).
    """

    def __init__(self, items: ItemStore, sources: SourceStore, line: Line) -> None:
        self._items, self._sources, self._line = items, sources, line
        self._relaying: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._left: set[str] = set()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._sweeps = 0

    def wake(self, source_id: str) -> None:
        """Relay a source's outbox now, or once more right after the relay under way."""
        if source_id in self._relaying:
            self._again.add(source_id)
            return
        task = asyncio.create_task(self._relay(source_id), name=f"relay {source_id}")
        self._relaying[source_id] = task

    async def sweep(self) -> None:
        """Relay what a failure or a crash left behind. Raises RedisError."""
        waiting = set(await self._items.marked()) | self._left
        ids = await self._sources.ids()
        part = ids[self._sweeps % FULL_EVERY :: FULL_EVERY] if self._sweeps else ids
        waiting |= set(await self._items.not_empty(part))
        self._sweeps += 1
        for source_id in sorted(waiting - self._relaying.keys()):
            self.wake(source_id)

    async def idle(self, seconds: float) -> None:
        """Wait until nothing is being relayed, at most so long; the next start relays what is left."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._relaying:
                    await asyncio.wait(self._relaying.values())
        tasks = list(self._relaying.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _relay(self, source_id: str) -> None:
        try:
            async with self._slots:
                await self._drain(source_id)
            self._left.discard(source_id)
        except Exception as error:  # noqa: BLE001  # the sweep tries again, whatever it was
            if source_id not in self._left:
                log.warning("outbox.stalled", source=source_id, error=f"{type(error).__name__}: {error}"[:300])
            self._left.add(source_id)
        finally:
            del self._relaying[source_id]
        if source_id in self._again and source_id not in self._left:
            self.wake(source_id)

    async def _drain(self, source_id: str) -> None:
        while True:
            self._again.discard(source_id)
            waiting, mark = await self._items.waiting(source_id, BATCH)
            for turn in turns(waiting):
                await self._line.send(
                    ARTICLE_INGESTED,
                    [(entry.article_id, entry.event, entry.correlation_id) for entry in turn],
                )
            last = len(waiting) < BATCH
            steps = [self._items.forget(source_id, [entry.id for entry in waiting])] if waiting else []
            await asyncio.gather(*steps, *([self._items.unmark(source_id, mark)] if last else []))
            if last and source_id not in self._again:
                return


def turns(waiting: Sequence[Waiting]) -> Iterator[list[Waiting]]:
    """Cut events into runs with each article once: the server may refuse some of a run and take others."""
    turn: list[Waiting] = []
    for entry in waiting:
        if any(other.article_id == entry.article_id for other in turn):
            yield turn
            turn = []
        turn.append(entry)
    if turn:
        yield turn
