"""Keeps the highest number given outside the server, which may come back from an older copy of itself, or empty."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.syndication.ledger.ledger import Ledger
from shared.redis import RedisError
from shared.ticks import Tick

log = structlog.get_logger()

LOOKS, LOOK_SECONDS = 10, 0.02
"""At the end: the server may take a moment to see that this process is there no more."""

ALONE_LOOKS, VOUCHED_SECONDS = 5, 30.0
"""Others are seen only while they are connected, so one look does not tell that there are none; and what was seen holds
for as long as a server takes to restart."""

FILE = "ledger-high-water.json"
SECONDS = 1.0
HIGHEST = 10**11
"""No ledger gets there: such a number was never given, and its readers would refuse those after it."""


class Written(BaseModel):
    """What is in the file; `final` when whoever wrote it was the last to give a number, and had ended."""

    model_config = ConfigDict(extra="forbid", strict=True)
    seq: int = Field(ge=0, le=HIGHEST)
    final: bool = False


class HighWater:
    """The number as one process knows it, and the file that all processes of a data folder share.

    `engines` tells how many processes give numbers, this one among them until it ends.
    """

    def __init__(self, folder: Path, ledger: Ledger, engines: Callable[[], Awaitable[int]]) -> None:
        self._path, self._ledger, self._engines = folder / FILE, ledger, engines
        self._looks = 0
        self._written = Written(seq=0)
        self._failing = False
        # At once: the first connection may be made for a request, before anything is started.
        found = read(self._path) or Written(seq=0)
        ledger.numbering.begin(found.seq, final=found.final)
        self.tick = Tick("write down the highest number", SECONDS, self._look)

    async def start(self) -> None:
        """Have numbers go on beyond what is written, before any is given. A server that is away is asked later."""
        numbering = self._ledger.numbering
        with contextlib.suppress(RedisError):
            await numbering.settle()
        # Before a number is given: a crash right after it must find neither `final` nor what was passed over undone.
        await self._write(Written(seq=numbering.known))
        self.tick.start()

    async def stop(self) -> None:
        """Write the last number down; final, if nobody gives another."""
        await self.tick.stop()
        final = False
        with contextlib.suppress(RedisError):
            await self._ledger.latest()
            final = self._ledger.numbering.settled and await self._last()
        await self._write(Written(seq=self._ledger.numbering.known, final=final))

    async def _look(self) -> None:
        latest = await self._ledger.latest()
        if latest > self._written.seq:
            await self._write(Written(seq=latest))
        self._looks = self._looks + 1 if await self._engines() <= 1 else 0
        self._ledger.numbering.vouch(VOUCHED_SECONDS if self._looks >= ALONE_LOOKS else 0)

    async def _last(self) -> bool:
        for _ in range(LOOKS):
            if not await self._engines():
                return True
            await asyncio.sleep(LOOK_SECONDS)
        return False

    async def _write(self, written: Written) -> None:
        try:
            self._written = await asyncio.to_thread(write, self._path, written)
        except OSError as error:
            # A full disk stops nothing: what is written so far still holds.
            if not self._failing:
                log.warning("ledger.high_water_unwritten", error=f"{type(error).__name__}: {error}")
            self._failing = True
        else:
            self._failing = False


def read(path: Path) -> Written | None:
    """Return what is in the file, None where there is none or it makes no sense."""
    try:
        return Written.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        reason = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        log.warning("ledger.high_water_refused", file=str(path), error=reason)
        return None


def write(path: Path, written: Written) -> Written:
    """Write to the file, whole or not at all, unless another process knows of a higher number. Raises OSError."""
    with contextlib.suppress(OSError, ValidationError):
        there = Written.model_validate_json(path.read_bytes())
        if there.seq > written.seq:
            written = Written(seq=there.seq)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with draft.open("xb") as file:
            file.write(written.model_dump_json().encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return written
