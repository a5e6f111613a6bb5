"""What feeds ask of storage: which articles a feed lists, and their documents; the store keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from shared.events import Article, Reuse

Kind = Literal["all", "tags", "authors", "sources", "sections", "languages", "search"]


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a consumer's search is bound by: its own `query` finds articles by what it `sees` of them.

    `within` is what it may have of all there is, by the whole of each article.
    """

    query: str
    within: str
    sees: Reuse


@dataclass(frozen=True, slots=True)
class FeedName:
    """A feed in any format: `FeedName("all")`, or a kind with the slug of what it is about; a search has its query.

    A consumer's search has `bounds`, and as its slug all that it asks for together with what bounds it.
    """

    kind: Kind
    slug: str = ""
    bounds: Bounds | None = None

    @property
    def path(self) -> str:
        """Return the feed's path below the site, without the ending that names a format."""
        return f"/feeds/{self.kind}/{self.slug}" if self.slug and self.kind != "search" else f"/feeds/{self.kind}"


ALL = FeedName("all")


@dataclass(frozen=True, slots=True)
class Listed:
    """An article's place in a feed: the ledger's number and moment of the version that is to be shown."""

    article_id: str
    seq: int
    version: int
    modified: datetime


class Shelf(Protocol):
    """Where feeds find their articles."""

    async def newest(self, feed: FeedName, before: int | None, limit: int) -> Sequence[Listed]:
        """Return up to `limit` articles of a feed with seq below `before`, highest seq first."""

    async def documents(self, wanted: Sequence[tuple[str, int]]) -> Sequence[Article]:
        """Return the articles asked for by (id, version), in any order; one that is gone is left out.

        A newer version than asked for may stand in for one that is no longer kept.
        """

    async def mark(self, feed: FeedName) -> bytes | int:
        """Return a value that differs whenever what `newest` lists for this feed has changed."""

    async def moment(self, mark: bytes | int) -> datetime | None:
        """Return when a feed's mark became what it is, or None where that is not known any more."""
