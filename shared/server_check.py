"""Looks at the Redis that was given: whether it keeps what it is told, and whether no partition was left behind."""

from __future__ import annotations

import asyncio

import structlog

from shared.redis import RedisError, Store
from shared.streams import STREAMS
from shared.ticks import Tick

log = structlog.get_logger()

PARTITIONS = "line:partitions"
SECONDS = 30.0
WANTED = {"appendonly": "yes", "maxmemory-policy": "noeviction"}
"""Without the first a restart forgets the ledger; without the second a full server throws parts of it away."""


class ServerCheck:
    """Warns once of settings that lose data; says while events wait in partitions nobody reads any more."""

    def __init__(self, store: Store, partitions: int) -> None:
        self._store, self._partitions = store, partitions
        self._configured = False
        self._stranded: str | None = None
        self.tick = Tick("look at the server", SECONDS, self._look)

    def unready(self) -> str | None:
        """Return in words what must be put right before the line is whole."""
        return self._stranded

    async def _look(self) -> None:
        if not self._configured:
            await self._look_at_settings()
            self._configured = True
        await self._look_at_partitions()

    async def _look_at_settings(self) -> None:
        try:
            servers = await self._store.servers()
            found = await asyncio.gather(*(server.client.config_get(*WANTED) for server in servers))
        except RedisError as error:
            if "unknown command" not in str(error).lower() and "NOPERM" not in str(error):
                raise
            return  # a managed server keeps its settings to itself
        for settings in found:
            told = {_text(name): _text(value) for name, value in settings.items()}
            wrong = {name: told[name] for name, wanted in WANTED.items() if told.get(name, wanted) != wanted}
            if wrong:
                log.warning("redis.not_durable", found=wrong, wanted=WANTED)
                return

    async def _look_at_partitions(self) -> None:
        kept = await self._store.do("GET", PARTITIONS)
        before = int(kept) if kept else self._partitions
        waiting = sum(
            await asyncio.gather(
                *(
                    self._store.do("XLEN", stream.key(partition))
                    for stream in STREAMS
                    for partition in range(self._partitions, before)
                )
            )
        )
        if waiting:
            self._tell_stranded(before, waiting)
            return
        self._stranded = None
        if kept is None or before != self._partitions:
            await self._store.do("SET", PARTITIONS, self._partitions)

    def _tell_stranded(self, before: int, waiting: int) -> None:
        if self._stranded is None:
            log.error("partitions.left_behind", partitions=self._partitions, were=before, events=waiting)
        self._stranded = (
            f"WIREROOM_PARTITIONS was {before}, and {waiting} events wait in partitions past {self._partitions}: "
            f"run with {before} until they are handled"
        )


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
