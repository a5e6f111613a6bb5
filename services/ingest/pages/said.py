"""What a page says of its article, or one part of the page does; merging the parts is left to article."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.ingest.submission import AuthorInput, CategoryInput, ImageInput, RelatedInput


@dataclass(frozen=True, slots=True, kw_only=True)
class PageArticle:
    """The zones of an article's page, kept apart; None or empty where the page does not say.

    `body_html` is not sanitised. `free` is False for what only members may read whole. `site` is what the
    page calls its publisher, `byline` authors' names in one text.
    """

    headline: str | None = None
    summary: str | None = None
    body_html: str = ""
    authors: tuple[AuthorInput, ...] = ()
    byline: str | None = None
    images: tuple[ImageInput, ...] = ()
    related: tuple[RelatedInput, ...] = ()
    tags: tuple[CategoryInput, ...] = ()
    section: str | None = None
    language: str | None = None
    canonical_url: str | None = None
    site: str | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None
    free: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An author as one place of a page tells of them; anything but the name may be missing."""

    name: str
    role: str | None = None
    bio: str | None = None
    avatar: str | None = None
    url: str | None = None
    links: tuple[str, ...] = ()
    person: bool = True
