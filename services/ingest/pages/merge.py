"""Merges what parts of a page say of one thing: the first to say something is believed, the others fill in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any, TypeVar

from services.ingest.pages.addresses import same_picture
from services.ingest.pages.made import author
from services.ingest.pages.meta import SEPARATORS, bare_title
from services.ingest.pages.said import PageArticle, Told
from services.ingest.submission import AuthorInput, ImageInput
from shared.events import Author

Person = TypeVar("Person", AuthorInput, Author)


def first_told(parts: Sequence[PageArticle]) -> PageArticle:
    """Return each field from the first part that has it; pictures also learn from later parts."""
    chosen: dict[str, Any] = {}
    for field in fields(PageArticle):
        values = (getattr(part, field.name) for part in parts)
        found = next((value for value in values if value not in (None, "", ())), None)
        if found is not None:
            chosen[field.name] = found
    merged = PageArticle(**chosen)
    known = [image for part in parts for image in part.images]
    images = tuple(filled(image, known) for image in merged.images)
    return PageArticle(**chosen | {"images": images})


def headline(told: PageArticle, shown: str) -> str | None:
    """Return the headline without the site's name; the page's heading (`shown`) where the head cuts or lacks it."""
    title = bare_title(told.headline, told.site)
    if title is None or not shown:
        return title or shown[:1_000] or None
    rest = title.removeprefix(shown)
    cut = title.rstrip("….").rstrip()
    longer = shown.startswith(cut) and title != cut
    suffixed = rest != title and rest.startswith(SEPARATORS)
    return shown[:1_000] if longer or suffixed else title


def authors(known: Sequence[AuthorInput], boxes: Iterable[Told], *, believed: bool) -> tuple[AuthorInput, ...]:
    """Return the authors, completed by their boxes; who has a box only is one when `believed` or when alone."""
    found = {key_of(one.name): one for one in known}
    for told in boxes:
        made = author(told)
        if made is None:
            continue
        key = key_of(made.name)
        if key in found:
            found[key] = completed(found[key], made)
        elif believed or not known:
            found[key] = made
    return tuple(found.values())[:50]


def authors_joined(given: Sequence[AuthorInput], shown: Sequence[AuthorInput]) -> tuple[AuthorInput, ...]:
    """Return the authors that the source names with what the page knows of each; the page's own when it has more.

    A feed that can only say one name (Ghost's) is followed by the page's further authors.
    """
    known = {key_of(one.name): one for one in shown}
    found = {key_of(one.name): completed(one, known.get(key_of(one.name), one)) for one in given}
    if not found or found.keys() & known.keys():
        found |= {key: one for key, one in known.items() if key not in found}
    return tuple(found.values())[:50]


def completed(one: Person, other: AuthorInput) -> Person:
    """Return somebody with what is said of them elsewhere where they do not say it."""
    names = ("role", "bio", "avatar", "url", "links")
    return one.model_copy(update={name: getattr(one, name) or getattr(other, name) for name in names})


def key_of(name: str) -> str:
    """Return what of a name tells people apart: its letters and digits, small."""
    return "".join(letter for letter in name.casefold() if letter.isalnum()) or name


def images(header: Sequence[ImageInput], inner: Sequence[ImageInput], head: Sequence[ImageInput]) -> list[ImageInput]:
    """Return the pictures, the lead first: the page's head names it, what the page shows tells more of it.

    `header` are shown above the text, `inner` within it, `head` named in the page's head: of these only the first
    counts, for the others are cuts of it, and not even that when another picture stands above the text.
    """
    shown = [filled(image, head) for image in (*header, *inner)]
    keys = [same_picture(image.url) for image in shown]
    wanted = same_picture(head[0].url) if head else None
    lead: ImageInput | None
    if wanted in keys:
        lead = shown[keys.index(wanted)]
    elif header:
        lead = shown[0]
    else:
        lead = head[0] if head else None
    if lead is None:
        return shown
    others = [image for image in shown if image is not lead]
    return [lead.model_copy(update={"lead": True}), *(one.model_copy(update={"lead": False}) for one in others)]


def filled(image: ImageInput, known: Iterable[ImageInput]) -> ImageInput:
    """Return a picture with what others say of the same one where it says nothing itself."""
    key, names = same_picture(image.url), ("alt", "caption", "credit", "type")
    for other in known:
        if other is image or same_picture(other.url) != key:
            continue
        update = {name: getattr(image, name) or getattr(other, name) for name in names}
        if image.width is None and image.url == other.url:
            update |= {"width": other.width, "height": other.height}
        image = image.model_copy(update=update)
    return image
