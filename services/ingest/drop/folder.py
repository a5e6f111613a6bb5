"""Takes a drop folder's files in, once and in name order; what is in them is left to files."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from uuid import uuid4

import structlog

from services.ingest.drop.files import (
    Content,
    Found,
    Unreadable,
    digest,
    forget_beside,
    load,
    look,
    read,
    tell_beside,
)
from services.ingest.drop.memory import Memory
from services.ingest.intake import Accepted, Intake, Refused, Result
from services.ingest.metrics import FILES
from services.ingest.pressure import Pressure
from services.ingest.source import Settings, titled

log = structlog.get_logger()

SETTLED_SECONDS = 2.0
"""A file written this long ago is whole; a younger one must look the same twice."""

PATIENCE_SECONDS = 5.0
"""A file younger than this that makes no sense may still be being written."""


LONGEST_WAIT_SECONDS = 60.0
"""A file that grows for longer is passed by, or it would hold up all that come after it."""


class DropFolder:
    """Looks at one folder again and again. Good files stay where they are: it may be shared, or read-only."""

    def __init__(
        self, folder: Path, memory: Memory, intake: Intake, pressure: Pressure, clock: Callable[[], float]
    ) -> None:
        self._folder, self._memory, self._intake, self._pressure = folder, memory, intake, pressure
        self._clock = clock
        self._before: dict[str, str] = {}
        self._growing: dict[str, float] = {}
        self._done: dict[str, str] = {}
        self._told: dict[str, tuple[str, str]] = {}
        self._why_closed: str | None = None

    async def tick(self) -> None:
        """Take in what is new in the folder. Raises RedisError; nothing is skipped by that."""
        try:
            files = await asyncio.to_thread(look, self._folder, self._clock())
        except OSError as error:
            self._closed(error)
            return
        self._why_closed = None
        fresh = [file for file in files if self._done.get(file.name) != file.stamp]
        before, self._before = self._before, {file.name: file.stamp for file in files}
        self._done = {name: stamp for name, stamp in self._done.items() if name in self._before}
        if not fresh or self._pressure.reason() is not None or not await self._memory.lock():
            return
        try:
            await self._take_all(fresh, before)
        finally:
            await self._memory.release()

    def _closed(self, error: OSError) -> None:
        reason = f"cannot be listed: {error.strerror or type(error).__name__}"
        if reason != self._why_closed:
            log.warning("drop.unreadable", folder=str(self._folder), reason=reason)
        self._why_closed = reason

    async def _take_all(self, fresh: list[Found], before: dict[str, str]) -> None:
        taken = await self._memory.taken([file.name for file in fresh])
        for file in fresh:
            if file.age < SETTLED_SECONDS and before.get(file.name) != file.stamp:
                if self._clock() - self._growing.setdefault(file.name, self._clock()) < LONGEST_WAIT_SECONDS:
                    return  # the files after it may be updates of it
                continue
            self._growing.pop(file.name, None)
            if self._pressure.reason() is not None or not await self._memory.lock():
                return
            if not await self._look_at(file, taken.get(file.name)):
                return

    async def _look_at(self, file: Found, taken: str | None) -> bool:
        """Take one file in, unless its content was; False when it has to be awaited."""
        started = perf_counter()
        body = await asyncio.to_thread(load, file)
        if isinstance(body, Unreadable):
            self._refuse(file, body.reason)
            return True
        mark = digest(body)
        if mark == taken:
            self._done[file.name] = file.stamp
            return True
        content = await asyncio.to_thread(read, file, body)
        if isinstance(content, Unreadable):
            if file.age < PATIENCE_SECONDS:
                return False
            self._refuse(file, content.reason)
        elif not await self._accept(file, content, started):
            return True
        await self._memory.take(file.name, mark)
        self._done[file.name] = file.stamp
        return True

    async def _accept(self, file: Found, content: Content, started: float) -> bool:
        """Commit what a file holds; False when something of it has to be tried again, such as an embargo."""
        settings = Settings(id=content.source_id, kind="drop", origin="drop")
        source = titled(await self._intake.source(settings), content.title, content.home)
        document = {"title": content.title or "", "home": content.home or ""} if content.title else {}
        correlation = uuid4().hex
        results = await self._intake.accept(source, content.submissions, document, correlation_id=correlation)
        refusal = next((reason for result in results if (reason := _why_not(result))), None)
        if refusal is not None:
            self._refuse(file, refusal)
            return False
        FILES.labels("taken").inc()
        log.info(
            "drop.taken",
            file=file.name,
            source=content.source_id,
            items=len(results),
            accepted=sum(isinstance(result, Accepted) for result in results),
            correlation_id=correlation,
            ms=round((perf_counter() - started) * 1000, 2),
        )
        self._mended(file)
        return True

    def _refuse(self, file: Found, reason: str) -> None:
        """Say once, in the log and beside the file, why it is not taken."""
        if self._told.get(file.name) == (file.stamp, reason):
            return
        self._told[file.name] = (file.stamp, reason)
        FILES.labels("refused").inc()
        log.warning("drop.refused", file=file.name, reason=reason)
        with suppress(OSError):  # a read-only folder has only the log
            tell_beside(file, reason)

    def _mended(self, file: Found) -> None:
        self._told.pop(file.name, None)
        with suppress(OSError):
            forget_beside(file)


def _why_not(result: Result) -> str | None:
    return f"was refused: {result.field} {result.reason}" if isinstance(result, Refused) else None
