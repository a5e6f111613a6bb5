"""The last days' articles by the bands of their signatures, in Redis; what likeness means is left to verdict.py.

All share one hash tag, for one step looks into two spans; those of a span, `{nd2}:<days since 1970 / 2>`, end together:

    …                   next number, and when they end
    …:n:<byte>        the name of an article (8 bytes of a hash of its id), or an exact digest -> its number
    …:<shelf>:<key>   4 bytes of one band -> number within the shelf, the first article's alone
    …:s:<chunk>       records of 116 bytes: lanes, bands of the beginning, size, version
    …:d:<chunk>       number -> id
    …:r:<chunk>       number -> verdict, of copies and revisions alone

Each hash is small enough to be kept as a listpack: up to 30,000 articles in two days take some 400 bytes each, more
of them take another shelf.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from math import ceil
from typing import Any

from services.enrichment.duplicates.scripts import LOOK, SETTLE, WITHDRAW
from services.enrichment.duplicates.signature import BANDS, LANES, Signature
from services.enrichment.duplicates.verdict import CHANCE, FAINT, NONE, SAME, Found, Verdict, judged, likeness
from shared.redis import Store

FORMAT = "nd2"
"""Of signatures and keys: another one finds nothing of this one's."""

DAYS = 2
"""A span. An article's own and the one before are looked into: two days back at least, four at most."""
SPANS = 2

LIFE = SPANS * DAYS * 86_400 + 43_200
"""Seconds a span is kept from its first article: until none that comes looks into it, and half a day for late ones."""
COPY = ceil(LANES * (SAME * (1 - CHANCE) + CHANCE))
"""Equal lanes of a copy."""

LEAST = next(equal for equal in range(LANES + 1) if likeness(equal) >= FAINT)
"""Equal lanes below which an article is near to another only where their headlines and openings are the same."""

MOST = 0xFFFF


class Index:
    """Looks articles up and takes them in, in one step a day; every method raises RedisError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def judge(self, id: str, version: int, moment: datetime, given: Signature) -> Verdict:
        """Return whose copy or revision an article is, and take it in; `moment` is when this version came.

        One round trip, and a second for what is a copy or revision. Asked again it answers the same; a later version
        takes the place of the one before, in the span of the first, and an older one none.
        """
        return await self.settled(id, moment, given, await self.ask(id, version, moment, given))

    def ask(
        self, id: str, version: int, moment: datetime, given: Signature, *, take: bool = True
    ) -> asyncio.Future[Any]:
        """Ask what an article may be like; `take` has it found from now on by what comes."""
        record = given.lanes + given.lead + _two(given.size) + _two(version)
        args: list[str | bytes | int] = [id, _name(id), record, given.exact, int(take), LIFE, COPY, LEAST]
        return self._store.call(LOOK, keys=_keys(moment), args=args)

    async def settled(self, id: str, moment: datetime, given: Signature, reply: Sequence[Any]) -> Verdict:
        """Return the verdict on what was answered to `ask`, and keep it."""
        verdict = judged(id, given.size, found(reply))
        if verdict != NONE:
            kind, of = ("d", verdict.duplicate_of) if verdict.duplicate_of else ("r", verdict.revision_of)
            args: list[str | bytes | int] = [_name(id), f"{kind}{of}", int(kind == "d")]
            await self._store.run(SETTLE, keys=_keys(moment), args=args)
        return verdict

    async def look(self, id: str, version: int, moment: datetime, given: Signature, *, take: bool) -> list[Found]:
        """Return what an article may be like, oldest first."""
        return found(await self.ask(id, version, moment, given, take=take))

    async def withdraw(self, id: str, version: int, moment: datetime) -> None:
        """Take out an article that was retracted by this version: nothing is its copy from here on."""
        nothing = bytes(LANES + 4 * BANDS + 2) + _two(version)
        await self._store.run(WITHDRAW, keys=_keys(moment), args=[_name(id), nothing])


def _keys(moment: datetime) -> list[str]:
    """Return the spans to look into, the moment's own first, and a key that is never there."""
    number = int(moment.timestamp()) // (DAYS * 86_400)
    return [*(f"{{{FORMAT}}}:{number - back}" for back in range(SPANS)), f"{{{FORMAT}}}:"]


def _name(id: str) -> bytes:
    return blake2b(id.encode("utf-8", "replace"), digest_size=8).digest()


def _two(number: int) -> bytes:
    return min(number, MOST).to_bytes(2, "big")


def found(reply: Sequence[Any]) -> list[Found]:
    """Read what was answered to `ask`."""
    return [_found(row) for row in reply]


def _found(row: list[Any]) -> Found:
    id, equal, begins, size, exact, verdict = row
    kind, of = verdict[:1], verdict[1:].decode() or None
    return Found(
        id=id.decode(),
        equal=equal,
        begins=begins,
        size=size,
        exact=bool(exact),
        duplicate_of=of if kind == b"d" else None,
        revision_of=of if kind == b"r" else None,
    )
