"""Keeps the registered sources in step with sources.toml: its sources are added, changed, and stopped when gone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import structlog
from pydantic import ConfigDict, Field

from services.ingest.health import after_change
from services.ingest.schedule import spread
from services.ingest.source import POLLED, Kind, Options, Settings, SourceId
from services.ingest.store import BATCH, SourceStore
from services.ingest.submission import Input
from shared.newsroom import Invalid, Loaded, Refused, Watched

log = structlog.get_logger()

Wanted = dict[str, Settings]


class _Entry(Options):
    id: SourceId
    kind: Kind = "feed"


class _Document(Input):
    model_config = ConfigDict(extra="forbid")
    source: Annotated[tuple[_Entry, ...], Field(max_length=20_000)] = ()


def parse_sources(document: dict[str, Any]) -> Wanted:
    """Return the sources of a document by id. Raises pydantic's ValidationError, and Invalid."""
    entries = _Document.model_validate(document).source
    faults: list[tuple[tuple[str | int, ...], str]] = []
    seen: set[str] = set()
    for index, entry in enumerate(entries):
        if entry.id in seen:
            faults.append((("source", index, "id"), f"{entry.id} stands twice"))
        if entry.kind in POLLED and entry.url is None:
            faults.append((("source", index), f"the {entry.kind} {entry.id} needs a url"))
        seen.add(entry.id)
    if faults:
        raise Invalid(faults)
    return {entry.id: Settings(**entry.model_dump(), origin="file") for entry in entries}


class SourcesFile:
    """Looks at the file when ticked; with an error in it, the last good one stays in force."""

    def __init__(self, path: Path, sources: SourceStore, now: Callable[[], datetime]) -> None:
        self._file = Watched[Wanted](path, parse_sources)
        self._sources, self._now = sources, now
        self._synced: Wanted | None = None

    @property
    def refused(self) -> Sequence[str]:
        """Why the file is not in force as it is, if so."""
        return [self._file.refusal] if self._file.refusal else []

    async def tick(self) -> None:
        """Apply the file when it changed, or when applying it failed the last time. Raises RedisError."""
        match await asyncio.to_thread(self._file.refresh):
            case Refused(reason=reason):
                log.error("sources_file.refused", reason=reason)
            case Loaded(digest=digest):
                log.info("sources_file.loaded", sources=len(self._file.current), digest=digest[:12])
        if self._synced is not self._file.current:
            current = self._file.current
            await self._sync(current)
            self._synced = current

    async def _sync(self, current: Wanted) -> None:
        known = {source.settings.id: source.settings for source in await self._sources.all()}
        changed = [settings for settings in current.values() if known.get(settings.id) != settings]
        for start in range(0, len(changed), BATCH):
            turns = enumerate(changed[start : start + BATCH], start)
            waits = ((one, spread(at, len(changed), one.interval * 60.0)) for at, one in turns)
            await asyncio.gather(*(self._put(one, known.get(one.id), wait) for one, wait in waits))
        for settings in known.values():
            if settings.origin == "file" and settings.active and settings.id not in current:
                await self._sources.replace(settings.model_copy(update={"active": False}))
                await self._sources.never(settings.id)
                log.info("source.stopped", source=settings.id, reason="it is not in sources.toml any more")

    async def _put(self, settings: Settings, before: Settings | None, wait: float) -> None:
        await self._sources.replace(settings)
        if before is not None and (fields := after_change(before, settings)):
            await self._sources.note(settings.id, fields)
        if settings.kind in POLLED:
            await self._sources.due(settings.id, self._now().timestamp() + wait)
        else:
            await self._sources.never(settings.id)
        log.info("source.added" if before is None else "source.changed", source=settings.id, origin="file")
