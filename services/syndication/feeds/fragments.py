"""Articles as pieces of documents: each rendered once per version, format and level of reuse, checked, and kept."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from services.syndication.cache import Recent
from services.syndication.feeds.formats import Format
from services.syndication.feeds.parts import names
from services.syndication.feeds.shelf import FeedName, Listed, Shelf
from services.syndication.feeds.site import Site
from services.syndication.rights import least
from shared import logs
from shared.events import Article, Reuse

log = structlog.get_logger()

Rendering = tuple[str, Reuse, str]
"""A format, how much of a story may be in it at most, and the article."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """An article version as it stands in documents, empty when it must not, and what it calls its feeds."""

    article_id: str
    version: int
    body: bytes
    published: datetime
    names: Mapping[FeedName, str]
    reuse: Reuse


class Fragments:
    """Renders what a shelf lists, and keeps up to `most` bytes of it."""

    def __init__(self, shelf: Shelf, site: Site, formats: Mapping[str, Format], most: int) -> None:
        self._shelf, self._site, self._formats = shelf, site, formats
        self._kept: Recent[Rendering, Fragment] = Recent(most)

    def forget(self) -> None:
        """Drop all that is kept."""
        self._kept.clear()

    def present(self, site: Site) -> None:
        """Render all anew: items name the newsroom too, in tombstones, rights and identifiers."""
        self._site = site
        self.forget()

    async def of(self, listed: Sequence[Listed], ending: str, reuse: Reuse) -> list[Fragment]:
        """Return a page's fragments in its order, each article once; what cannot be shown is left out."""
        # In reverse, so that the newest place of an article wins.
        versions = {entry.article_id: entry.version for entry in reversed(listed)}
        held = {name: self._kept.get((ending, reuse, name)) for name in versions}
        found = {
            name: fragment
            for name, fragment in held.items()
            if fragment is not None and fragment.version >= versions[name]
        }
        missing = [(name, version) for name, version in versions.items() if name not in found]
        for article in await self._shelf.documents(missing) if missing else ():
            found[article.id] = self._fragment(article, ending, reuse)
            await asyncio.sleep(0)  # a cold page renders for milliseconds
        order = dict.fromkeys(entry.article_id for entry in listed)
        return [found[name] for name in order if name in found and found[name].body]

    def _fragment(self, article: Article, ending: str, reuse: Reuse) -> Fragment:
        """Return the fragment of an article version, which another page may have made meanwhile."""
        key = (ending, reuse, article.id)
        held = self._kept.get(key)
        if held is not None and held.version >= article.version:
            return held
        body = self._body(article, ending, reuse, held)
        fragment = Fragment(article.id, article.version, body, article.published_at, names(article), article.reuse)
        self._kept.put(key, fragment, len(body))
        return fragment

    def _body(self, article: Article, ending: str, reuse: Reuse, held: Fragment | None) -> bytes:
        """Return an item, the last good one where this version gives none, or nothing."""
        if article.status == "withheld":
            return b""
        form = self._formats[ending]
        try:
            body = form.item(lowered(article, reuse), self._site)
            wrong = form.fault(body) if body else None
        except Exception as error:  # noqa: BLE001  # one article must not take a feed down
            wrong = f"{type(error).__name__}: {error}"
        if wrong is None:
            return body
        log.error("feed.item.refused", **logs.of(article), format=ending, reason=wrong)
        # A retracted text never stands in for its own retraction, nor a full one for what may no longer go on in full.
        stands = held is not None and article.status == "usable" and held.reuse == article.reuse
        return held.body if held is not None and stands else b""


def lowered(article: Article, most: Reuse) -> Article:
    """Return an article of which no more may go on than `most`; what its source allows is never widened."""
    allowed = least(article.reuse, most)
    return article if allowed == article.reuse else article.model_copy(update={"reuse": allowed})
