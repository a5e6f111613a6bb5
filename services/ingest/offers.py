"""Finds out which article each submission is, by what is known of its source's items; taking them in is intake's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from services.ingest.aliases import Aliases, guid_key, url_key
from services.ingest.changes import Known
from services.ingest.identity import article_id
from services.ingest.metrics import SOURCES
from services.ingest.normalize import name_of
from services.ingest.resolving import Identity, Item, Memory, Named, doubtful, identity_of, resolved
from services.ingest.returned import returned
from services.ingest.source import POLLED, Source
from services.ingest.store import ItemStore
from services.ingest.submission import Submission

log = structlog.get_logger()

NOTHING_READ: Mapping[str, bytes] = {}


@dataclass(frozen=True, slots=True)
class Offer:
    """A submission and the article that it is; `known` is what is remembered of that, if anything.

    With `wanted` it is published, else only remembered. `aliases` are what it is found by besides its guid, None
    where guids are all there is; `other` is a guid that is not the one it was published under. `given` is as in
    `Known`.
    """

    submission: Submission
    id: str
    guid: str
    known: Known | None = None
    aliases: Aliases | None = None
    other: bytes = b""
    wanted: bool = True
    given: str = ""

    def keys(self) -> dict[bytes, str]:
        """Return the keys by which the article is to be found again."""
        return dict.fromkeys(self.aliases.lasting, self.id) if self.aliases is not None else {}


@dataclass(frozen=True, slots=True)
class Offers:
    """A document's offers, what its source's items go by, and what was stored of each article when that was found."""

    offers: tuple[Offer, ...]
    identity: Identity = "guid"
    stored: Mapping[str, bytes] = field(default_factory=dict, compare=False)


def newest(offers: Sequence[Offer]) -> dict[str, Offer]:
    """Return one offer for each article: the one updated last where its source says so, else the last."""
    chosen: dict[str, Offer] = {}
    for offer in offers:
        before = chosen[offer.id].submission.updated_at if offer.id in chosen else None
        updated = offer.submission.updated_at
        if before is None or updated is None or updated >= before:
            chosen[offer.id] = offer
    return chosen


def told_returned(source: Source, back: Sequence[Offer]) -> None:
    """Tell once of each story of ours that came back from another Wireroom and is left out."""
    if new := sum(offer.known is None for offer in back):
        log.info("source.returned", source=source.settings.id, items=new)
        SOURCES.labels("returned").inc(new)


class Names:
    """Looks up articles by guid, and by address and words where guids do not hold."""

    def __init__(self, items: ItemStore) -> None:
        self._items = items

    async def offers(
        self, source: Source, submissions: Sequence[Submission], stored: Mapping[str, bytes] = NOTHING_READ
    ) -> Offers:
        """Find out which article each submission is; `stored` is what was just read of them all. Raises RedisError.

        Items of polled sources are also known by address and words, should their guids not hold; those of others
        go by their guids alone, as they promise. Stories of our own that come back are not wanted.
        """
        polled = source.settings.kind in POLLED
        items = [_item(submission) for submission in submissions]
        if not stored.keys() >= {item.id for item in items}:
            stored = await self._stored(source.settings.id, [item.id for item in items])
        articles = _known(stored)
        if not polled:
            offers = (Offer(item.submission, item.id, item.guid, articles.get(item.id)) for item in items)
            return Offers(tuple(offers), stored=stored)
        doubted = doubtful(items, articles)
        keys = {key for item in doubted for key in (item.aliases.guid, *item.aliases.lasting) if key}
        ids = await self._items.found(source.settings.id, list(keys))
        stored = {**stored, **await self._stored(source.settings.id, list(set(ids.values()) - articles.keys()))}
        articles = _known(stored)
        memory = Memory(articles=articles, ids={key: id for key, id in ids.items() if id in articles})
        before = identity_of(source.health.identity)
        names, identity = resolved(items, memory, before)
        if identity != before:
            log.warning("source.identity_degraded", source=source.settings.id, identity=identity, instead_of=before)
            SOURCES.labels("identity_degraded").inc()
        back = await returned(self._items, submissions)
        offers = (
            _offer(item, name, memory, wanted=at not in back)
            for at, (item, name) in enumerate(zip(items, names, strict=True))
        )
        return Offers(tuple(offers), identity, stored)

    async def find(self, source_id: str, guid: str | None, url: str | None) -> str | None:
        """Return the article that a source calls by a guid or has at a URL, or None. Raises RedisError."""
        own = article_id(source_id, guid or url or "")
        if (await self._items.read(source_id, [own]))[0]:
            return own
        keys = [key for key in (guid and guid_key(guid), url and url_key(url)) if key]
        found = await self._items.found(source_id, keys)
        return next((found[key] for key in keys if key in found), None)

    async def _stored(self, source_id: str, ids: Sequence[str]) -> dict[str, bytes]:
        return dict(zip(ids, await self._items.read(source_id, ids), strict=True))


def _known(stored: Mapping[str, bytes]) -> dict[str, Known]:
    return {id: Known.read(before) for id, before in stored.items() if before}


def _item(submission: Submission) -> Item:
    id, guid = name_of(submission)
    return Item(submission=submission, id=id, guid=guid, aliases=Aliases(submission))


def _offer(item: Item, name: Named, memory: Memory, *, wanted: bool) -> Offer:
    strange = not name.own and item.aliases.guid not in memory.ids and item.id not in memory.articles
    other = item.aliases.guid if strange else b""
    return Offer(item.submission, name.id, name.guid, memory.articles.get(name.id), item.aliases, other, wanted)
