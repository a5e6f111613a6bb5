"""Checked parts of a submission out of what a page said; what cannot be one is None, never an error."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import ValidationError

from services.ingest.pages.said import Told
from services.ingest.submission import (
    LONGEST_URL,
    AuthorInput,
    CategoryInput,
    ImageInput,
    RelatedInput,
    printable,
)
from shared.numbers import whole

T = TypeVar("T")
LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
LONGEST_NAME = 150
BY = re.compile(r"^(?:by|written by|text by|автор|від)\s*:?\s+", re.IGNORECASE)
NOBODY = frozenset(("admin", "administrator", "editor", "avatar", "author", "authors", "staff", "by", "read more"))


def short(text: str | None, most: int = 300) -> str | None:
    """Return a text on one line, printable and cut at a word where it is longer than `most`; None for none."""
    line = " ".join(printable(text[: most * 20]).split()) if text else ""
    return (line if len(line) <= most else line[: most - 1].rsplit(" ", 1)[0] + "…") or None


def author(told: Told) -> AuthorInput | None:
    """Return an author; None when the name is none, as "admin" or a sentence."""
    name = BY.sub("", short(told.name) or "").strip(" ,|–—-")
    if not name or len(name) > LONGEST_NAME or "@" in name or name.casefold() in NOBODY:
        return None
    return _checked(
        AuthorInput,
        name=name,
        role=short(told.role, 150),
        bio=short(told.bio, 5_000),
        avatar=told.avatar,
        url=told.url,
        links=told.links[:20],
    )


def image(url: str | None, *, caption: str | None = None, credit: str | None = None, **over: Any) -> ImageInput | None:
    """Return a picture."""
    if url is None:
        return None
    return _checked(ImageInput, url=url, caption=short(caption, 5_000), credit=short(credit), **over)


def category(term: str | None) -> CategoryInput | None:
    """Return a category."""
    name = short(term)
    return _checked(CategoryInput, term=name) if name else None


def card(url: str | None, headline: str | None, summary: str | None = None) -> RelatedInput | None:
    """Return a related story; one without headline is none."""
    title = short(headline)
    if url is None or title is None or len(url) > LONGEST_URL:
        return None
    return _checked(RelatedInput, url=url, headline=title, summary=short(summary, 2_000))


def pixels(text: str | None) -> int | None:
    """Return a size in pixels, as "800" or "800px"."""
    return whole((text or "").strip().removesuffix("px").partition(".")[0], 99_999)


def language(tag: Any) -> str | None:
    """Return a well-formed language tag, as en-GB for en_GB."""
    found = tag.strip().replace("_", "-") if isinstance(tag, str) else ""
    return found if len(found) <= 35 and LANGUAGE.fullmatch(found) else None


def _checked(model: Callable[..., T], **fields: Any) -> T | None:
    try:
        return model(**fields)
    except ValidationError:
        return None
