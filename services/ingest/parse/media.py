"""Pictures with their own captions and credits, and recordings, of Media RSS, enclosures and podcasts.

Which of a story's pictures leads is left to others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from services.ingest.parse.draft import LONG, SHORT, Fields, number
from services.ingest.parse.markup import inner
from services.ingest.parse.names import Element, Names
from services.ingest.parse.text import plain
from services.ingest.parse.urls import address, unwrapped

PICTURES = frozenset("avif gif heic jpe jpeg jpg png svg webp bmp tif tiff".split())
KINDS = {
    "aac": "audio/aac",
    "flac": "audio/flac",
    "m3u8": "application/vnd.apple.mpegurl",
    "m4a": "audio/mp4",
    "m4b": "audio/mp4",
    "m4v": "video/mp4",
    "mov": "video/quicktime",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "oga": "audio/ogg",
    "ogg": "audio/ogg",
    "ogv": "video/ogg",
    "opus": "audio/ogg",
    "pdf": "application/pdf",
    "wav": "audio/wav",
    "webm": "video/webm",
}
"""Types by the ending of a name, for files whose feed does not say."""

PAGES = frozenset({"text/html", "application/xhtml+xml"})
DURATION = re.compile(r"(?:(?:(\d{1,4}):)?(\d{1,3}):)?(\d{1,7})(?:\.\d*)?")

KINDS_OF_MEDIA = frozenset({"media:content", "media:group", "media:thumbnail", "media:description"})
"""Elements of an item without which it has no media of its own, but for enclosures."""

KINDS_OF_WORDS = frozenset({"media:group", "media:description", "media:credit"})
Found = dict[str, list[Element]]


@dataclass(slots=True)
class Media:
    """What goes with an item; `text` is what describes the item's recording and is no picture's caption."""

    images: list[Fields] = field(default_factory=list)
    enclosures: list[Fields] = field(default_factory=list)
    avatars: dict[str, str] = field(default_factory=dict)
    text: str = ""


@dataclass(slots=True)
class _Offer:
    """One file as a feed offers it, with the words that stand at it."""

    element: etree._Element
    url: str
    kind: str
    title: str
    caption: str
    credit: str

    @property
    def pictured(self) -> bool:
        return self.kind.startswith("image/")

    def image(self) -> Fields:
        get = self.element.get
        caption = self.caption or self.title
        alt = plain(get("alt")) or (self.title if self.caption and self.title != self.caption else "")
        return _said(
            url=unwrapped(self.url),
            type="" if self.kind == "image/" else self.kind[:SHORT],
            bytes=number(get("fileSize") or get("length"), 2**40),
            width=number(get("width")),
            height=number(get("height")),
            caption=caption[:LONG],
            credit=self.credit[:SHORT],
            alt=(alt or "")[:LONG],
        )

    def file(self) -> Fields:
        get = self.element.get
        return _said(
            url=self.url,
            type=self.kind[:SHORT],
            bytes=number(get("fileSize") or get("length"), 2**40),
            seconds=seconds(get("duration")),
            title=(self.title or plain(get("title")) or "")[:SHORT],
        )

    def size(self) -> tuple[bool, int, int]:
        get = self.element.get
        return get("isDefault") == "true", number(get("width")) or 0, number(get("bitrate"), 10**9) or 0


def media_of(found: Found, names: Names, base: str, enclosures: list[etree._Element]) -> Media:
    """Return an item's pictures and recordings, each once.

    `enclosures` are those of RSS or the links of Atom. What is said of the item as a whole goes to its picture only
    when it has one alone: of several, none gets the credit of another.
    """
    media, thumbnails = Media(), []
    if not enclosures and KINDS_OF_MEDIA.isdisjoint(found):
        return media
    offers = list(_offers(found, names, base))
    offers += [offer for element in enclosures if (offer := _offer(element, names, base)) is not None]
    for offer in offers:
        if offer.pictured and "gravatar.com/avatar/" in offer.url:
            media.avatars[offer.title.casefold()] = offer.url
        elif offer.pictured:
            media.images.append(offer.image())
        elif offer.kind not in PAGES:
            media.enclosures.append(offer.file())
    if not media.images:
        thumbnails = list(_thumbnails(found, names, base))
        media.images = [offer.image() for offer in thumbnails]
    media.images, media.enclosures = _each_once(media.images), _each_once(media.enclosures)
    _shared_words(media, found, names, thumbs=bool(thumbnails))
    if media.enclosures and (lasts := seconds(_words(found, "itunes:duration"))):
        for file in media.enclosures:
            file.setdefault("seconds", lasts)
    return media


def _said(**fields: Any) -> Fields:
    return {name: value for name, value in fields.items() if value}


def seconds(text: str | None) -> int | None:
    """Return how long a recording plays, from `HH:MM:SS`, `MM:SS` or seconds."""
    match = DURATION.fullmatch(text.strip()) if text else None
    if match is None:
        return None
    total = int(match[1] or 0) * 3600 + int(match[2] or 0) * 60 + int(match[3])
    return total if total <= 10_000_000 else None


def kind_of(element: etree._Element, url: str) -> str:
    """Return what a file is as a media type, `image/` where only that is known, empty when nothing is."""
    given, medium = (element.get("type") or "").strip().lower(), element.get("medium")
    if medium == "image" and not given:
        return "image/"
    ending = _ending(url)
    if given and given not in ("application/octet-stream", "binary/octet-stream", "image", "audio", "video"):
        return given if "/" in given else ""
    if medium == "image" or given == "image" or (not medium and ending in PICTURES):
        return "image/"
    if ending in KINDS:
        return KINDS[ending]
    if medium in ("audio", "video") or given:
        return f"{medium or given}/" if "/" not in given else given
    return "image/" if not medium and element.get("width") and element.get("height") else ""


def _ending(url: str) -> str:
    try:
        return urlsplit(url).path.rpartition("/")[2].rpartition(".")[2].lower()
    except ValueError:
        return ""


def _offers(found: Found, names: Names, base: str) -> Iterator[_Offer]:
    """Yield the files of media:content; of a group, which is one thing in several makings, the best of each kind."""
    for content in found.get("media:content", ()):
        offer = _offer(content, names, base)
        if offer is not None:
            yield offer
    for group in found.get("media:group", ()):
        inside = children_of(group, names)
        made = [offer for content in inside.get("media:content", ()) if (offer := _offer(content, names, base, inside))]
        for pictured in (True, False):
            best = max((one for one in made if one.pictured is pictured), key=_Offer.size, default=None)
            if best is not None:
                yield best


def _thumbnails(found: Found, names: Names, base: str) -> Iterator[_Offer]:
    places = [found, *(children_of(group, names) for group in found.get("media:group", ()))]
    contents = [content for place in places for content in place.get("media:content", ())]
    places += [children_of(content, names) for content in contents]
    for place in places:
        best = None
        for element in place.get("media:thumbnail", ()):
            offer = _offer(element, names, base)
            if offer is not None and (best is None or offer.size() > best.size()):
                best = offer
        if best is not None:
            best.kind = "image/"
            yield best
            return


def _offer(element: etree._Element, names: Names, base: str, around: Found | None = None) -> _Offer | None:
    given = element.get("url") or element.get("href") or element.get("resource") or element.text
    url = address(given, base)
    if url is None:
        return None
    own = children_of(element, names) if len(element) else {}
    if around is None:
        around = {}
    return _Offer(
        element=element,
        url=url,
        kind=kind_of(element, url),
        title=_words(own, "media:title") or _words(around, "media:title"),
        caption=_words(own, "media:description") or _words(around, "media:description"),
        credit=credit_of(own) or credit_of(around),
    )


def _shared_words(media: Media, found: Found, names: Names, *, thumbs: bool) -> None:
    """Give an only picture what is said of the item's media as a whole; a recording's words are the item's."""
    if KINDS_OF_WORDS.isdisjoint(found):
        return
    groups = [children_of(group, names) for group in found.get("media:group", ())]
    said = _words(found, "media:description") or next(
        filter(None, (_words(one, "media:description") for one in groups)), ""
    )
    if len(media.images) == 1:
        image = media.images[0]
        image.setdefault("credit", credit_of(found)[:SHORT])
        if not (thumbs and (media.enclosures or groups)):
            image.setdefault("caption", said[:LONG])
    if thumbs or not media.images:
        media.text = said


def credit_of(place: Found) -> str:
    """Return the names of all credits, with what each did where they did different things."""
    if "media:credit" not in place:
        return ""
    credits = place["media:credit"]
    if len(credits) == 1:
        return plain(inner(credits[0])) or ""
    given = [(plain(inner(one)), (one.get("role") or "").strip().lower()) for one in credits]
    named = [(name, role) for name, role in given if name]
    several = len({role for _, role in named if role}) > 1
    return ", ".join(dict.fromkeys(f"{name} ({role})" if several and role else str(name) for name, role in named))


def children_of(element: etree._Element, names: Names) -> Found:
    """Return an element's children by their short names, in order."""
    found: Found = {}
    for child in element:
        found.setdefault(names[child.tag], []).append(child)
    return found


def _words(place: Found, name: str) -> str:
    for element in place.get(name, ()):
        if said := plain(inner(element)):
            return said
    return ""


def _each_once(offered: list[Fields]) -> list[Fields]:
    if len(offered) < 2:
        return offered
    kept: dict[str, Fields] = {}
    for one in offered:
        known = kept.setdefault(one["url"], one)
        if known is not one:
            known |= one | known
    return list(kept.values())
