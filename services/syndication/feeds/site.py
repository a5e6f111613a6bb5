"""How the newsroom presents itself in feeds: its name, its addresses, its identifiers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlencode, urlsplit

from services.syndication.feeds.shelf import FeedName, Kind

DNS_NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")

FIELDS: dict[Kind, str] = {"sources": "source", "sections": "section", "languages": "lang"}
"""What the query language calls feeds that have no page of their own."""

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
"""The moment of a feed that never had an item: a clock would change its bytes."""


@dataclass(frozen=True, slots=True)
class Site:
    """A newsroom to its readers; `url` has no slash at its end.

    `authority` is the domain name in item identifiers. Set it where `url` may move to another host:
    identifiers that change make every item unread again. `logo` is the address of the newsroom's picture.
    """

    url: str
    name: str = "Wireroom"
    description: str = "News as it comes in."
    language: str = "en"
    rights: str | None = None
    authority: str | None = None
    logo: str | None = None

    def feed(self, name: FeedName, ending: str, before: int | None = None) -> str:
        """Return the address of a feed in one format, or of the page of it below a sequence number."""
        asked = ({"q": name.slug} if name.kind == "search" else {}) | ({} if before is None else {"before": before})
        return f"{self.url}{name.path}.{ending}{'?' if asked else ''}{urlencode(asked)}"

    def page(self, name: FeedName) -> str:
        """Return the address of the page that shows people what a feed lists: its own, or a search that finds it."""
        if name.kind in ("tags", "authors"):
            return f"{self.url}/{name.kind}/{name.slug}"
        if name.kind == "all":
            return f"{self.url}/"
        query = name.slug if name.kind == "search" else f"{FIELDS[name.kind]}:{name.slug}"
        return f"{self.url}/search?{urlencode({'q': query}, safe=':')}" if query else f"{self.url}/search"

    def article(self, article_id: str) -> str:
        """Return the address of our own page of an article."""
        return f"{self.url}/articles/{article_id}"

    def author(self, slug: str) -> str:
        """Return the address of our own page of an author."""
        return f"{self.url}/authors/{slug}"

    def identifier(self, article_id: str) -> str:
        """Return the tag: URI of an article (RFC 4151): equal in every format and for every version.

        The year only says when the authority held its name; it must never follow the article's dates.
        """
        return f"tag:{self.authority or _host(self.url)},2026:article:{article_id}"

    @property
    def hub(self) -> str:
        """The address of our WebSub hub."""
        return f"{self.url}/websub"

    def feed_identifier(self, name: FeedName) -> str:
        """Return the tag: URI of a feed (RFC 4151), equal for all its pages."""
        slug = f":{quote(name.slug)}" if name.slug else ""
        return f"tag:{self.authority or _host(self.url)},2026:feed:{name.kind}{slug}"


def _host(url: str) -> str:
    host = urlsplit(url).hostname or ""
    return host if DNS_NAME.fullmatch(host) else "localhost"
