"""Takes a drop folder's files in, once and in name order; what is in them is left to formats."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import structlog

from services.ingest import formats
from services.ingest.document import Document, Unreadable
from services.ingest.drop.aside import forget_reasons, set_aside, tell_beside
from services.ingest.drop.files import Found, Moving, Unopened, digest, load
from services.ingest.drop.listing import Listing
from services.ingest.drop.memory import Memory, Taken
from services.ingest.drop.taking import Took, take_in
from services.ingest.intake import Intake
from services.ingest.metrics import FILES
from services.ingest.pressure import Pressure
from shared import tracing
from shared.own_pictures import homed

log = structlog.get_logger()

PATIENCE_SECONDS = 5.0
"""A file younger than this that makes no sense may still be being written."""

CUT_OFF_SECONDS = 60.0
"""Likewise one that ends too early, as an upload that stalls does."""

HOLD_SECONDS = 10.0
"""An unfinished file is passed by after this long: until then what lies after it may be an update of it."""

SWEEP_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class _Later:
    """A file is not to be looked at before `at` unless its stamp changes; `whole` when it is not unfinished."""

    stamp: str
    at: float
    whole: bool = True


class DropFolder:
    """Looks at one folder again and again. Good files stay where they are: it may be shared, or read-only.

    `site` is where the newsroom's own pictures are served.
    """

    def __init__(
        self,
        folder: Path,
        memory: Memory,
        intake: Intake,
        pressure: Pressure,
        clock: Callable[[], float],
        site: str = "",
    ) -> None:
        self._folder, self._memory, self._intake, self._pressure = folder, memory, intake, pressure
        self._clock, self._site = clock, site.encode()
        self._listing = Listing(folder)
        self._growing: dict[str, float] = {}
        self._later: dict[str, _Later] = {}
        self._told: dict[str, tuple[str, str]] = {}
        self._faults: dict[str, str] = {}
        self._swept = clock() - SWEEP_SECONDS + 3600

    async def tick(self) -> None:
        """Take in what is new in the folder. Raises RedisError; nothing is skipped by that."""
        try:
            files = await asyncio.to_thread(self._listing.look, self._clock())
        except OSError as error:
            self._tell_faults({"": f"cannot be listed: {error.strerror or type(error).__name__}"})
            return
        self._tell_faults(dict(self._listing.faults))
        self._forget_others(files)
        if (
            all(self._waits(file) for file in files)
            or self._pressure.reason() is not None
            or not await self._memory.lock()
        ):
            return
        try:
            await self._take_all(files)
            await self._sweep()
        finally:
            await self._memory.release()

    def _tell_faults(self, faults: dict[str, str]) -> None:
        for name, reason in faults.items():
            if self._faults.get(name) != reason:
                log.warning("drop.unreadable", folder=str(self._folder / name), reason=reason)
        self._faults = faults

    def _forget_others(self, files: list[Found]) -> None:
        """Keep in mind only files that are still there and not done with."""
        names = {file.name for file in files}
        self._growing = {name: since for name, since in self._growing.items() if name in names}
        self._later = {name: later for name, later in self._later.items() if name in names}
        self._told = {name: told for name, told in self._told.items() if name in names}

    def _waits(self, file: Found) -> bool:
        later = self._later.get(file.name)
        return later is not None and later.stamp == file.stamp and self._clock() < later.at

    async def _take_all(self, files: list[Found]) -> None:
        """Take files in; behind an unfinished one the others of its folder wait, for a while."""
        taken = await self._memory.taken([file.name for file in files])
        held: set[str] = set()
        for file in files:
            known = taken.get(file.name)
            if known is not None and self._rests(file, known):
                continue
            if file.folder in held:
                self._growing.setdefault(file.name, self._clock())  # or each of many holds what is behind it anew
                continue
            if file.settled and not self._waits(file):
                if self._pressure.reason() is not None or not await self._memory.lock():
                    return
                if await self._look_at(file, known):
                    self._growing.pop(file.name, None)
                    continue
            if self._holds(file):
                held.add(file.folder)

    def _holds(self, file: Found) -> bool:
        """Tell whether what lies behind a file has to wait for it: what is unfinished, and not for long."""
        later = self._later.get(file.name)
        if _called_wrongly(file) or (later is not None and later.whole and later.stamp == file.stamp):
            return False
        return self._clock() - self._growing.setdefault(file.name, self._clock()) < HOLD_SECONDS

    async def _look_at(self, file: Found, taken: Taken | None) -> bool:
        """Take one file in, unless its content was; False when it has to be awaited."""
        started = perf_counter()
        if (reason := _called_wrongly(file)) is not None:
            return await self._refuse_name(file, reason)
        body = await asyncio.to_thread(load, self._folder, file)
        if isinstance(body, Moving):
            return False
        if isinstance(body, Unopened):
            self._tell(file, body.reason)
            return True
        if isinstance(body, Unreadable):
            return await self._reject(file, body.reason, "")
        mark = digest(body)
        if taken is not None and taken.digest == mark:
            return await self._finish(file, Taken(digest=mark, stamp=file.stamp))
        return await self._read(file, body, started)

    async def _refuse_name(self, file: Found, reason: str) -> bool:
        """Refuse a file by its name, in a while: what uploads it may give it another when it is whole."""
        if file.age >= CUT_OFF_SECONDS:
            return await self._reject(file, reason, "")
        self._later[file.name] = _Later(file.stamp, self._clock() + CUT_OFF_SECONDS - file.age)
        return True

    def _rests(self, file: Found, taken: Taken) -> bool:
        """Tell whether a file is done with as it stands."""
        if taken.stamp != file.stamp:
            return False
        self._listing.done(file)
        return True

    async def _read(self, file: Found, body: bytes, started: float) -> bool:
        document = await asyncio.to_thread(_understood, file, homed(body, self._site))
        mark = digest(body)
        if isinstance(document, Unreadable):
            patience = CUT_OFF_SECONDS if await asyncio.to_thread(formats.cut_off, body) else PATIENCE_SECONDS
            if file.age < patience:
                self._later[file.name] = _Later(file.stamp, self._clock() + patience - file.age, whole=False)
                return False
            return await self._reject(file, document.reason, mark)
        took = await take_in(self._intake, file, document)
        if took.refusal is not None:
            return await self._reject(file, took.refusal, mark)
        self._tell_taken(file, document, took, started)
        with suppress(OSError):
            await asyncio.to_thread(forget_reasons, self._folder, file)
        return await self._finish(file, Taken(digest=mark, stamp=file.stamp))

    async def _finish(self, file: Found, taken: Taken) -> bool:
        await self._memory.take(file.name, taken)
        self._listing.done(file)
        return True

    def _tell_taken(self, file: Found, document: Document, took: Took, started: float) -> None:
        FILES.labels("taken").inc()
        ms = round((perf_counter() - started) * 1000, 2)
        span = {"event": "drop.taken", "source": took.source_id, "correlation_id": took.correlation_id, "ms": ms}
        tracing.told(span, service="ingest", first=True)
        noted = {"skipped": document.skipped, "cut": document.cut, "lost": list(document.lost)}
        log.info(
            "drop.taken",
            file=file.name,
            source=took.source_id,
            items=took.items,
            accepted=took.accepted,
            withdrawn=took.withdrawn,
            correlation_id=took.correlation_id,
            ms=ms,
            **{name: value for name, value in noted.items() if value},
        )

    async def _reject(self, file: Found, reason: str, mark: str) -> bool:
        """Move a file aside with its reason; where the folder cannot be written to it stays and is remembered."""
        moved: str | None = None
        try:
            moved = await asyncio.to_thread(set_aside, self._folder, file, reason)
            if moved is None:
                return False
        except OSError:
            with suppress(OSError):  # a read-only folder has only the log
                await asyncio.to_thread(tell_beside, self._folder, file, reason)
        self._tell(file, reason, moved)
        return True if moved is not None else await self._finish(file, Taken(digest=mark, stamp=file.stamp))

    def _tell(self, file: Found, reason: str, moved: str | None = None) -> None:
        """Say once why a file is not taken."""
        if self._told.get(file.name) == (file.stamp, reason):
            return
        self._told[file.name] = (file.stamp, reason)
        FILES.labels("refused").inc()
        log.warning("drop.refused", file=file.name, reason=reason, moved_to=moved)

    async def _sweep(self) -> None:
        if self._clock() - self._swept < SWEEP_SECONDS:
            return
        self._swept = self._clock()
        count = await self._memory.sweep(frozenset(self._listing.names()), self._clock())
        log.debug("drop.forgotten", files=count)


def _understood(file: Found, body: bytes) -> Document | Unreadable:
    return formats.read(body, name=file.name, source_id=file.source_id)


def _called_wrongly(file: Found) -> str | None:
    if Path(file.raw).suffix.lower() in formats.SUFFIXES:
        return None
    return f"is not called as a story is: its name must end in one of {', '.join(sorted(formats.SUFFIXES))}"
