"""What may be asked of private feeds, and the page that one of them is."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.syndication.feeds.press import Page
from services.syndication.feeds.private.records import PrivateFeed
from services.syndication.feeds.shelf import ALL, Bounds, FeedName
from services.syndication.rights import least
from services.syndication.within import UNBOUND, Terms, both
from shared.events import Reuse
from shared.requests import readable

PATH = "/feeds/private"


def _canonical(text: str) -> str:
    return str(readable(text)) if text.strip() else ""


Asking = Annotated[str, AfterValidator(_canonical)]
"""A query in its canonical text; empty for everything."""


class NewPrivateFeed(BaseModel):
    """A private feed to be made; `consumer` is for the admin to name, a consumer's key tells its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    consumer: str | None = Field(default=None, max_length=100)
    name: str = Field(default="", max_length=200)
    query: Asking = ""
    reuse: Reuse = "full"


def page_of(feed: PrivateFeed, terms: Terms, token: str, before: int | None, ending: str) -> Page:
    """Return the page of a private feed; its consumer's terms hold as they are now. Raises QueryError."""
    query = both(terms.query, feed.query)
    bounds = None if terms == UNBOUND else Bounds(feed.query, terms.query, terms.reuse)
    name = FeedName("search", query, bounds) if query else ALL
    reuse = least(terms.reuse, feed.reuse)
    return Page(name, before, ending, reuse, f"{PATH}/{token}")
