"""Which of the newsroom's files are refused, told in Redis by each process for whoever asks another."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import orjson

from shared.redis import Store

KEY = "{newsroom}:refused"

EVERY_SECONDS = 5.0
"""How often a process tells of its own; one that has nothing to tell writes nothing."""

STALE_SECONDS = 3 * EVERY_SECONDS
"""What is this old comes from a process that has ended: nobody else would take it back."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file whose last edit is not in force, and why: `line N: reason` each."""

    file: str
    reasons: tuple[str, ...]

    @property
    def told(self) -> str:
        """Return what anybody may read; the reasons may quote the file."""
        return f"{self.file} is refused: what was good last stays in force"

    @property
    def whole(self) -> str:
        """Return it with the reasons, for the newsroom's own people."""
        return f"{self.told}; {'; '.join(self.reasons)}"


class Refusals:
    """Both sides of it; every method may raise RedisError."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store, self._clock = store, clock

    async def tell(self, teller: str, reasons: Sequence[str]) -> None:
        """Say what one process refuses, as shared.newsroom words it; nothing takes back what it said before."""
        if not reasons:
            await self._store.do("HDEL", KEY, teller)
            return
        await self._store.do("HSET", KEY, teller, orjson.dumps({"at": self._clock(), "reasons": list(reasons)}))
        await self._store.do("EXPIRE", KEY, int(2 * STALE_SECONDS))

    async def all(self) -> list[Refusal]:
        """Return what any process refuses now, by file; replicas that say the same say it once."""
        found = await self._store.do("HGETALL", KEY)
        told = [orjson.loads(value) for value in found.values()]
        fresh = [one for one in told if one["at"] > self._clock() - STALE_SECONDS]
        reasons = sorted({reason for one in fresh for reason in one["reasons"]})
        return [_read(reason) for reason in reasons]


def _read(reason: str) -> Refusal:
    """Part `file, line N: why`, a line each, into the file and the rest."""
    file = re.split("[,:]", reason, maxsplit=1)[0]
    return Refusal(file, tuple(line.removeprefix(file).lstrip(",: ") for line in reason.split("\n")))
