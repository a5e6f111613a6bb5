"""Sources as OPML and OPML as new sources' settings; storing them is left to the API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import urlsplit

from lxml import etree

from services.ingest.identity import source_id_of
from services.ingest.parse import Outline
from services.ingest.source import Settings, Source
from services.ingest.submission import CONTROL, is_web_url
from shared.netguard import NotAWebAddress, web_address

TITLE = "Wireroom sources"
LONGEST_BASE = 56
"""Characters of an id before its number, so that both fit a source's 63."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What became of one feed of a list: `id` is its source's, `reason` why it was refused."""

    url: str
    title: str | None = None
    id: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """The feeds of a list: new ones as settings, those that there are already, and those that cannot be polled."""

    new: tuple[Settings, ...]
    known: tuple[Line, ...]
    refused: tuple[Line, ...]


def written(sources: Iterable[Source], moment: datetime) -> bytes:
    """Return the feed sources as OPML 2.0, sections as folders; what is no feed, OPML has no word for."""
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = TITLE
    etree.SubElement(head, "dateCreated").text = format_datetime(moment.astimezone(UTC), usegmt=True)
    body = etree.SubElement(root, "body")
    folders: dict[str, etree._Element] = {}
    feeds = (one for one in sources if one.settings.kind == "feed" and one.settings.url)
    for source in sorted(feeds, key=lambda one: (one.settings.section or "", one.settings.id)):
        section = source.settings.section
        if section and section not in folders:
            folders[section] = etree.SubElement(body, "outline", text=_printable(section), title=_printable(section))
        etree.SubElement(folders[section] if section else body, "outline", _outline(source))
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)


def _outline(source: Source) -> dict[str, str]:
    settings, health = source.settings, source.health
    name = _printable(settings.name or health.title or settings.id)
    home = settings.home or health.home
    outline = {"type": "rss", "text": name, "title": name, "xmlUrl": _printable(settings.url or "")}
    return outline | ({"htmlUrl": _printable(home)} if home else {})


def _printable(text: str) -> str:
    return CONTROL.sub("", text)


def sort(outlines: Iterable[Outline], known: Mapping[str, str], taken: set[str]) -> Sorted:
    """Sort the feeds of a list; `known` is source ids by `key` of their address, `taken` all ids there are.

    A folder becomes the section. Ids are made of the feeds' hosts, numbered where one has several.
    """
    new: dict[str, Settings] = {}
    old: list[Line] = []
    refused: list[Line] = []
    numbers: dict[str, int] = {}
    for outline in outlines:
        same, reason = known.get(key(outline.url)), fault(outline.url)
        if same is not None:
            old.append(Line(url=outline.url, title=outline.title, id=same))
        elif reason is not None:
            refused.append(Line(url=outline.url, title=outline.title, reason=reason))
        elif key(outline.url) not in new:
            id = _free(source_id_of(outline.url), taken, numbers)
            taken.add(id)
            new[key(outline.url)] = Settings(
                id=id,
                url=outline.url,
                name=outline.title,
                home=outline.home if outline.home and is_web_url(outline.home) else None,
                section=outline.folder,
            )
    return Sorted(new=tuple(new.values()), known=tuple(old), refused=tuple(refused))


def fault(url: str) -> str | None:
    """Return why an address cannot be polled, in words, or None; names are resolved when it is polled."""
    try:
        web_address(url)
    except NotAWebAddress as error:
        return f"the address {error}"
    return None


def key(url: str) -> str:
    """Return what two addresses of one feed have in common: all but the scheme, `www.` and a slash at the end."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.netloc.lower().removeprefix('www.')}{parts.path.rstrip('/')}{query}"


def _free(base: str, taken: set[str], numbers: dict[str, int]) -> str:
    """Return an id that is not taken; `numbers` is where the last search for the same base ended."""
    if base not in taken:
        return base
    number = numbers.get(base, 2)
    while f"{base[:LONGEST_BASE]}-{number}" in taken:
        number += 1
    numbers[base] = number + 1
    return f"{base[:LONGEST_BASE]}-{number}"
