"""Pages over the shelf in memory, with a clock of their own, for the tests of what serves them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from lxml import html
from starlette.applications import Starlette

from services.syndication.ledger import Head
from services.syndication.page.assets import Assets
from services.syndication.page.branding import Branding, parse_branding
from services.syndication.page.pages import Pages, Stories
from services.syndication.page.pictures import Pictures
from services.syndication.page.printing import Printer
from services.syndication.page.routes import Addresses
from shared.events import Article
from tests.syndication.feeds.in_memory import SITE, InMemoryShelf


def a_branding() -> Branding:
    """Return what an empty site file gives."""
    return parse_branding(None, {})  # type: ignore[arg-type]  # no logo is asked for


def parsed(page: bytes | str) -> Any:
    """Return a page's tree; lxml's own types say of an XPath no more than that it gives something."""
    return html.fromstring(page)


@cache
def a_printer() -> Printer:
    """Return one for all tests: it reads and compiles every template."""
    branding = a_branding()
    return Printer(branding, SITE, Assets(branding, ""))


@dataclass
class Newsroom:
    """A shelf, the pages over it and their routes; `now` is the clock."""

    shelf: InMemoryShelf = field(default_factory=InMemoryShelf)
    now: float = 0.0
    pictures: Path = Path("/nowhere")

    def __post_init__(self) -> None:
        self.pages = Pages(self.shelf, Stories(self._head, self._article), a_printer(), clock=lambda: self.now)
        self.addresses = Addresses(self.pages, Pictures(self.pictures))
        self.app = Starlette(routes=self.addresses.routes)

    def publish(self, *articles: Article) -> None:
        """Publish, and let what is kept be looked after again."""
        self.shelf.publish(*articles)
        self.now += 60

    async def _head(self, article_id: str) -> Head | None:
        found = self.shelf.articles.get(article_id)
        return None if found is None else Head(found[0].version, found[0].seq, 0)

    async def _article(self, article_id: str, _version: int) -> Article | None:
        found = self.shelf.articles.get(article_id)
        return None if found is None else found[1]
