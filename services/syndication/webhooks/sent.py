"""What was assigned to a subscription and what became of it: the form in which lanes keep it, and how it is read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from services.syndication.webhooks.figures import slot_of, spans, summed
from services.syndication.webhooks.lane_sent import WIDTH
from shared.redis import Store

State = Literal["waiting", "confirmed", "given_up", "no_longer_kept", "superseded", "unknown"]
STATES: dict[str, State] = {
    "w": "waiting",
    "c": "confirmed",
    "g": "given_up",
    "d": "no_longer_kept",
    "s": "superseded",
    "u": "unknown",
}

UNCONFIRMED: tuple[State, ...] = ("waiting", "given_up", "unknown")

TOGETHER = 32
"""Hashes read in one round trip."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an assigned entry stands; `at` is the Unix ms at which it ended, `ms` the time since it was published."""

    seq: int
    state: State
    exit: bool = False
    at: int | None = None
    ms: int | None = None
    attempts: int | None = None


def read_standing(seq: int, value: bytes) -> Standing:
    """Read a standing as the lanes write it."""
    head, *ended = value.decode().split(" ")
    at, ms, attempts = (int(part) for part in ended[:3]) if ended else (None, None, None)
    return Standing(seq, STATES[head[0]], "x" in head, at, ms, attempts)


_LETTERS = {"delivered": "c", "gave_up": "g", "refused": "g", "dropped": "d", "unknown": "u"}


def told(verdict: str, now: float, published: float, attempts: int) -> bytes:
    """Return what the lanes are to keep and count of an attempt made at Unix time `now`."""
    letter = _LETTERS.get(verdict)
    if letter is None:
        return b"r"
    ms = max(0, round((now - published) * 1000))
    return f"{letter} {int(now * 1000)} {ms} {attempts} {slot_of(ms)}".encode()


class Sent:
    """What the lanes keep of one subscription after the other. Every method raises RedisError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def of(self, subscription: str, seqs: Sequence[int]) -> dict[int, Standing]:
        """Return the standings of entries that were assigned to a subscription."""
        found = await asyncio.gather(
            *(self._store.do("HGET", _key(subscription, seq // WIDTH), seq % WIDTH) for seq in seqs)
        )
        return {seq: read_standing(seq, value) for seq, value in zip(seqs, found, strict=True) if value is not None}

    async def between(self, subscription: str, first: int, last: int) -> AsyncIterator[list[Standing]]:
        """Yield all standings from seq `first` to `last`, in order, in parts of some thousand seqs, empty ones too."""
        for start in range(first // WIDTH, last // WIDTH + 1, TOGETHER):
            parts = range(start, min(start + TOGETHER, last // WIDTH + 1))
            found = await asyncio.gather(*(self._store.do("HGETALL", _key(subscription, part)) for part in parts))
            yield sorted(
                (each for each in _standings(parts, found) if first <= each.seq <= last), key=lambda each: each.seq
            )

    async def figures(self, subscription: str, now: int) -> dict[str, Any]:
        """Return counts, rates and percentiles of the last day and week; `now` in Unix ms."""
        found = {}
        for span, endings in spans(now).items():
            keys = [f"{{s:{subscription}}}:figures:{ending}" for ending in endings]
            found[span] = summed(await asyncio.gather(*(self._store.do("HGETALL", key) for key in keys)))
        return found


def _key(subscription: str, part: int) -> str:
    return f"{{s:{subscription}}}:sent:{part}"


def _standings(parts: Iterable[int], found: Iterable[dict[bytes, bytes]]) -> Iterable[Standing]:
    for part, values in zip(parts, found, strict=True):
        for field, value in values.items():
            yield read_standing(part * WIDTH + int(field), value)
