"""Finds which stories stand on a page: the newest, those below a number, or those above one; renders nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.syndication.feeds.shelf import FeedName, Listed, Shelf

PER_PAGE = 20
LOOKED_BACK = 200
"""Stories among which the page above another is looked for; who is further behind is shown the newest."""


@dataclass(frozen=True, slots=True)
class Place:
    """A page of a feed: the newest, the one that ends below `before`, or the one that begins above `after`."""

    feed: FeedName
    before: int | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """The stories of a page, whether there are older ones, and the number of its newest where there are newer ones."""

    shown: Sequence[Listed]
    more: bool
    newer: int | None


async def find_span(shelf: Shelf, place: Place) -> Span:
    """Return what stands on a page; one that begins above a story is found from the top down."""
    if place.after is None:
        listed = await shelf.newest(place.feed, place.before, PER_PAGE + 1)
        newer = listed[0].seq if listed and place.before is not None else None
        return Span(listed[:PER_PAGE], len(listed) > PER_PAGE, newer)
    top = await shelf.newest(place.feed, None, LOOKED_BACK)
    above = sum(one.seq > place.after for one in top)
    if above == LOOKED_BACK:
        return Span(top[:PER_PAGE], more=True, newer=None)
    start = max(0, above - PER_PAGE)
    return Span(top[start:above], 0 < above < len(top), top[start].seq if start else None)


async def never_was(shelf: Shelf, place: Place) -> bool:
    """Whether no story ever stood in a feed that has a page only for its stories."""
    feed = place.feed
    if not feed.slug or feed.kind == "search":
        return False
    paged = place.before is not None or place.after is not None
    return not (paged and await shelf.newest(feed, None, 1))
