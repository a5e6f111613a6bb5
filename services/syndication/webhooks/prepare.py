"""Prepares each ledger entry's message once for all its deliveries in this process; keeps the latest few."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.syndication.cache import Recent
from services.syndication.restrictions import restrictions
from services.syndication.rights import Restriction, told
from services.syndication.webhooks.cuts import WHOLE, Cut
from services.syndication.webhooks.message import EXIT, About, Message, Rendered, body, data, render
from services.syndication.webhooks.reading import LedgerReader, Recorded
from services.syndication.webhooks.sending import Sending

KEPT_BYTES = 64 * 1024 * 1024
"""Of messages kept: more than are on their way at once, were each several times a long article."""

MOST_BODIES, MOST_CUTS = 4, 2

SOURCE = re.compile(rb'"source":\{"id":"([a-z0-9-]+)"')
"""Before it in the JSON stand identity, version and status alone, which cannot look like it."""

FRESH_SECONDS = 1.0
"""So long after it was published, or was looked up, an article is taken to stand as it did."""

RUN = 64
"""Ledger entries read at once: what is on its way together mostly stands together."""


@dataclass(slots=True)
class _Rendition:
    """One cut of an article, rendered, and the bodies made of it."""

    rendered: Rendered | None
    bodies: dict[tuple[Any, ...], bytes] = field(default_factory=dict)


@dataclass(slots=True)
class Prepared:
    """A ledger entry and its article's JSON, None when the article is no longer kept; `source` is its source's id.

    `restriction` is what held of its article when that was `looked` up, in Unix time; `named` is that where less of
    this version is left for it.
    """

    entry: Recorded
    document: bytes | None
    published: float
    site: str = ""
    source: str | None = None
    named: Restriction | None = None
    restriction: Restriction | None = None
    looked: float = 0.0
    _whole: _Rendition | None = None
    _cuts: dict[Cut, _Rendition] = field(default_factory=dict)
    _told: dict[Restriction, Prepared | None] = field(default_factory=dict)

    def as_told(self, restriction: Restriction | None) -> Prepared:
        """Return it as it may be sent under this restriction: of an earlier version what is left for it."""
        if restriction is None or self.document is None:
            return self
        if restriction not in self._told:
            left = told(self.document, restriction)
            less = left is not self.document
            self._told[restriction] = (
                Prepared(self.entry, left, self.published, self.site, self.source, restriction) if less else None
            )
        return self._told[restriction] or self

    def message(
        self,
        id: str,
        sending: Sending,
        previous_seq: int | None,
        matched: bytes,
        supersedes: tuple[int, ...] = (),
    ) -> Message | None:
        """Return the message for one subscriber, its body shared by those for whom it is the same."""
        rendition = self._rendition(sending.cut)
        if rendition.rendered is None:
            return None
        if self.named is not None and matched != EXIT:
            matched = b"[]"  # words that are not to be read
        plain, bodies = sending.format == "standard", rendition.bodies
        key = (plain, previous_seq, matched, supersedes)
        known = bodies.get(key)
        if known is None:
            if len(bodies) >= MOST_BODIES:
                bodies.clear()
            write = body if plain else data
            known = bodies[key] = write(rendition.rendered, previous_seq, matched, supersedes)
        return Message(id, known, None if plain else self._about)

    @property
    def _about(self) -> About:
        entry = self.entry
        return About(entry.type, entry.timestamp, entry.article_id, entry.seq)

    def _rendition(self, cut: Cut) -> _Rendition:
        if cut is WHOLE:  # nearly always: a look at a cut's fields would cost as much as the rest
            if self._whole is None:
                self._whole = _Rendition(render(self.entry, self.document))
            return self._whole
        known = self._cuts.get(cut)
        if known is None:
            if len(self._cuts) >= MOST_CUTS:
                self._cuts.clear()
            known = self._cuts[cut] = _Rendition(render(self.entry, self.document, cut, self.site))
        return known


class Preparation:
    """Gives prepared entries by seq, reading the ledger for those it does not have, many at a time."""

    def __init__(self, ledger: LedgerReader, site: str, clock: Callable[[], float]) -> None:
        self._ledger, self._site, self._clock = ledger, site, clock
        self._kept: Recent[int, Prepared] = Recent(KEPT_BYTES)
        self._waiting: dict[int, list[asyncio.Future[Prepared | None]]] = {}
        self._reading: asyncio.Task[None] | None = None

    def forget(self) -> None:
        """Drop what is at hand: the ledger was begun anew, and its numbers mean other entries."""
        self._kept.clear()

    def ready(self, seq: int, article_id: str, version: int) -> Prepared | None:
        """Return an entry that is at hand; another's under its number is forgotten: the ledger was numbered anew."""
        known = self._kept.get(seq)
        if known is None or (known.entry.article_id, known.entry.version) == (article_id, version):
            return known
        self._kept.drop(seq)
        return None

    async def get(self, seq: int) -> Prepared | None:
        """Return an entry, None when the ledger no longer has it. Raises what the ledger's reader raises."""
        known = self._kept.get(seq)
        if known is not None:
            return known
        # Each its own: one caller's cancellation must not take the others' entry away.
        waiting: asyncio.Future[Prepared | None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(seq, []).append(waiting)
        if self._reading is None:
            self._reading = asyncio.create_task(self._read())
        return await waiting

    async def by_now(self, prepared: Prepared, now: float) -> Prepared:
        """Return an entry as it may be sent at Unix time `now`. Raises what the ledger's reader raises.

        What waited, or is sent again, may be withheld or taken back by now, and is then not to be read by anybody.
        """
        if now - max(prepared.published, prepared.looked) >= FRESH_SECONDS:
            prepared.restriction = (await restrictions(self._ledger, [prepared.entry])).get(prepared.entry.article_id)
            prepared.looked = now
        return prepared.as_told(prepared.restriction)

    async def _read(self) -> None:
        try:
            while self._waiting:
                await asyncio.sleep(0)  # lets all that start together ask together
                for run in _runs(sorted(self._waiting)):
                    await self._read_run(run)
        finally:
            self._reading = None

    async def _read_run(self, run: Sequence[int]) -> None:
        found: dict[int, Prepared] = {}
        error: Exception | None = None
        try:
            read = await self._ledger.read(run[0] - 1, run[-1] - run[0] + 1, 0)
            entries = [entry for entry in read if entry.seq in self._waiting]
            looked = await self._looked_up(entries)
            for entry in entries:
                document = await self._ledger.document(entry.article_id, entry.version)
                found[entry.seq] = prepared = self._keep(entry, document)
                prepared.restriction, prepared.looked = looked.get(entry.seq, (None, 0.0))
        except Exception as failed:  # noqa: BLE001  # told to those who wait
            error = failed
        for seq in run:
            for waiting in self._waiting.pop(seq):
                if waiting.cancelled():
                    continue
                if error is not None and seq not in found:
                    waiting.set_exception(error)
                else:
                    waiting.set_result(found.get(seq))

    async def _looked_up(self, entries: Sequence[Recorded]) -> Mapping[int, tuple[Restriction | None, float]]:
        """Look up at once, of what is read at once, what `by_now` would for each; by seq, with the Unix time of it."""
        now = self._clock()
        late = [entry for entry in entries if now - _published(entry) >= FRESH_SECONDS]
        found = await restrictions(self._ledger, late) if late else {}
        return {entry.seq: (found.get(entry.article_id), now) for entry in late}

    def _keep(self, entry: Recorded, document: bytes | None) -> Prepared:
        prepared = Prepared(entry, document, _published(entry), self._site, _source(document))
        # What is made of it later is counted as if it were there: as much as is kept of one entry.
        self._kept.put(entry.seq, prepared, (1 + (1 + MOST_CUTS) * (1 + MOST_BODIES)) * len(document or b""))
        return prepared


def _published(entry: Recorded) -> float:
    return datetime.fromisoformat(entry.timestamp).timestamp()


def _source(document: bytes | None) -> str | None:
    """Return the id of an article's source, without reading all of its JSON for that."""
    found = SOURCE.search(document) if document is not None else None
    return found[1].decode() if found else None


def _runs(seqs: Iterable[int]) -> Iterator[list[int]]:
    """Cut rising numbers into runs that one read of RUN entries covers."""
    run: list[int] = []
    for seq in seqs:
        if run and seq - run[0] >= RUN:
            yield run
            run = []
        run.append(seq)
    if run:
        yield run
