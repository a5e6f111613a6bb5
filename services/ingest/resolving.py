"""Finds out which article each item of a document is, though guids change; takes values and keeps nothing.

A guid is believed until a document shows many items under new guids whose address or words are known. From then
on the source's items go by their addresses, and if these prove no better, by their words: FreshRSS's ladder of
policies, with the addresses compared as Feedbin compares them, without scheme and host.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from services.ingest.aliases import Aliases, kin, url_key
from services.ingest.changes import Known
from services.ingest.identity import article_id
from services.ingest.submission import Submission

Identity = Literal["guid", "url", "words"]
LADDER: tuple[Identity, ...] = ("guid", "url", "words")

FEWEST = 3
SHARE = 0.05
"""Of a document's items so many, and more than this part, must have changed their guids before guids are given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item as it names itself: the article id and guid that follow from that, and its keys."""

    submission: Submission
    id: str
    guid: str
    aliases: Aliases


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What is known to tell items by: articles by id, and article ids by key."""

    articles: Mapping[str, Known]
    ids: Mapping[bytes, str]


@dataclass(frozen=True, slots=True)
class Named:
    """The article that an item is; `own` when it goes by the name that its guid gives it."""

    id: str
    guid: str
    own: bool = True


@dataclass(frozen=True, slots=True)
class _Found:
    by_url: str | None = None
    by_words: str | None = None
    sure: str | None = None


def identity_of(stored: str | None) -> Identity:
    """Return what a source's items go by, from what is stored of it."""
    return next((step for step in LADDER if step == stored), "guid")


def doubtful(items: Sequence[Item], articles: Mapping[str, Known]) -> list[Item]:
    """Return the items whose guid tells nothing, or tells of an article at another address."""
    return [item for item in items if item.id not in articles or _elsewhere(item, articles[item.id])]


def resolved(items: Sequence[Item], memory: Memory, identity: Identity) -> tuple[list[Named], Identity]:
    """Return the article of each item, and what the source's items go by from now on."""
    free = set(memory.ids.values()) - _claimed(items, memory)
    shared = Counter(item.aliases.url for item in items)
    found = [_found(item, memory, free, unique=shared[item.aliases.url] == 1) for item in items]
    identity = _degraded(found, identity)
    return [_named(item, one, memory, identity) for item, one in zip(items, found, strict=True)], identity


def _elsewhere(item: Item, known: Known) -> bool:
    """Tell whether an item stands at another address than the article of its guid did."""
    return bool(item.submission.url and known.url) and item.aliases.url != url_key(known.url or "")


def _claimed(items: Sequence[Item], memory: Memory) -> set[str]:
    """Return the articles that stand in the document themselves, which no other item can be."""
    known = ((item, memory.articles.get(item.id)) for item in items)
    return {item.id for item, article in known if article is not None and not _elsewhere(item, article)}


def _found(item: Item, memory: Memory, free: Collection[str], *, unique: bool) -> _Found:
    own = memory.articles.get(item.id)
    if own is not None and (not _elsewhere(item, own) or memory.ids.get(item.aliases.words) == item.id):
        return _Found(sure=item.id)
    if (before := memory.ids.get(item.aliases.guid)) is not None and own is None:
        return _Found(sure=before)
    by_url = memory.ids.get(item.aliases.url) if unique and item.aliases.url else None
    by_words = memory.ids.get(item.aliases.words)
    found = _Found(*(id if id in free and id != item.id else None for id in (by_url, by_words)))
    known = memory.articles.get(found.by_url or "")
    if own is None and known is not None and kin(item.submission.guid, known.guid):
        return _Found(sure=found.by_url)  # a guid that is an address, and moved to https
    return found


def _degraded(found: Sequence[_Found], identity: Identity) -> Identity:
    """Go down the ladder where the document shows that the present step does not hold."""
    enough = max(FEWEST, SHARE * len(found) + 1e-9)
    moved = sum(one.sure is None and one.by_url is not None for one in found)
    reworded = sum(one.sure is None and one.by_url is None and one.by_words is not None for one in found)
    if identity != "words" and reworded >= enough:
        return "words"
    return "url" if identity == "guid" and moved >= enough else identity


def _named(item: Item, found: _Found, memory: Memory, identity: Identity) -> Named:
    own = item.id in memory.articles
    if found.sure is not None:
        return Named(found.sure, item.guid, found.sure == item.id)
    both = found.by_url is not None and found.by_url == found.by_words and not own
    if found.by_url is not None and (both or identity != "guid"):
        return Named(found.by_url, item.guid, own=False)
    if found.by_words is not None and identity == "words":
        return Named(found.by_words, item.guid, own=False)
    if own and identity == "url":  # the guid was another article's, at another address
        guid = f"{item.guid}|{item.submission.url}"
        return Named(article_id(item.submission.source.id, guid), guid, own=False)
    return Named(item.id, item.guid)
