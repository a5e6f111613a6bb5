"""One file as a feed offers it, picture or recording, with the words that stand at it; choosing is left to media."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from services.ingest.parse.alts import TITLED
from services.ingest.parse.markup import inner
from services.ingest.parse.names import Element, Names
from services.ingest.parse.text import plain
from services.ingest.parse.urls import address, unwrapped
from services.ingest.parse.values import LONG, SHORT, Fields, number

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
Found = dict[str, list[Element]]


@dataclass(slots=True)
class Offer:
    """One file as a feed offers it, with the words that stand at it."""

    element: etree._Element
    url: str
    kind: str
    title: str
    caption: str
    credit: str

    @property
    def pictured(self) -> bool:
        """Tell whether it is a picture."""
        return self.kind.startswith("image/")

    def image(self) -> Fields:
        """Return it as a picture."""
        get = self.element.get
        said: Fields = {"url": unwrapped(self.url)}
        if caption := self.caption or self.title:
            said["caption"] = caption[:LONG]
        if self.credit:
            said["credit"] = self.credit[:SHORT]
        if alt := plain(get("alt")):
            said["alt"] = alt[:LONG]
        elif self.caption and self.title and self.title != self.caption:
            said |= {"alt": self.title[:LONG], TITLED: True}
        if self.kind != "image/":
            said["type"] = self.kind[:SHORT]
        if size := number(get("fileSize") or get("length"), 2**40):
            said["bytes"] = size
        if width := number(get("width")):
            said["width"] = width
        if height := number(get("height")):
            said["height"] = height
        return said

    def file(self) -> Fields:
        """Return it as a file of another kind."""
        get = self.element.get
        return _said(
            url=self.url,
            type=self.kind[:SHORT],
            bytes=number(get("fileSize") or get("length"), 2**40),
            seconds=seconds(get("duration")),
            title=(self.title or plain(get("title")) or "")[:SHORT],
        )

    def size(self) -> tuple[bool, int, int]:
        """Return by what the best of several makings is told."""
        get = self.element.get
        return get("isDefault") == "true", number(get("width")) or 0, number(get("bitrate"), 10**9) or 0


def offered(element: etree._Element, names: Names, base: str, around: Found | None = None) -> Offer | None:
    """Return the file of an element, None without an address; `around` is what is said of its group."""
    get = element.get
    url = address(get("url") or get("href") or get("resource") or element.text, base)
    if url is None:
        return None
    title = caption = credit = ""
    for place in (children_of(element, names) if len(element) else None, around):
        if place:
            title = title or words_of(place, "media:title")
            caption = caption or words_of(place, "media:description")
            credit = credit or credit_of(place)
    return Offer(element, url, kind_of(element, url), title, caption, credit)


def children_of(element: etree._Element, names: Names) -> Found:
    """Return an element's children by their short names, in order."""
    found: Found = {}
    for child in element:
        name = names[child.tag]
        if name in found:
            found[name].append(child)
        else:
            found[name] = [child]
    return found


def words_of(place: Found, name: str) -> str:
    """Return the words of the first element of a name that has some, as plain text."""
    if name in place:
        for element in place[name]:
            if said := plain(inner(element)):
                return said
    return ""


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


def seconds(text: str | None) -> int | None:
    """Return how long a recording plays, from `HH:MM:SS`, `MM:SS` or seconds."""
    match = DURATION.fullmatch(text.strip()) if text else None
    if match is None:
        return None
    total = int(match[1] or 0) * 3600 + int(match[2] or 0) * 60 + int(match[3])
    return total if total <= 10_000_000 else None


def kind_of(element: etree._Element, url: str) -> str:
    """Return what a file is as a media type, `image/` where only that is known, empty when nothing is."""
    medium, given = element.get("medium"), element.get("type")
    given = given.strip().lower() if given else ""
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


def _said(**fields: Any) -> Fields:
    return {name: value for name, value in fields.items() if value}
