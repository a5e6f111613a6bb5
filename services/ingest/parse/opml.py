"""Outlines of OPML to a list of feeds; adding them as sources is left to others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from services.ingest.document import Unreadable
from services.ingest.parse.ladder import climb, kind_of
from services.ingest.parse.text import plain
from services.ingest.parse.urls import address

MAX_OUTLINES = 50_000
LONGEST = 300
ADDRESSES = ("xmlurl", "feedurl", "rssurl")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A feed of a list; `folder` names the outlines it stands in, apart by `/`, outermost first.

    `url` is what the list says where that is no address: whoever adds it can name it then.
    """

    url: str
    title: str | None = None
    home: str | None = None
    folder: str | None = None


def read_opml(body: bytes, content_type: str = "") -> list[Outline] | Unreadable:
    """Read the feeds of an OPML document (1.0 to 2.0), each once; broken XML is repaired as far as it can be.

    Takes seconds for megabytes: call it in a thread.
    """
    tree = climb(body, content_type)
    if isinstance(tree, Unreadable):
        return tree
    if kind_of(tree.root) != "opml":
        return Unreadable("this is no OPML")
    found: dict[str, Outline] = {}
    for outline in _outlines(tree.root):
        found.setdefault(outline.url, outline)
        if len(found) >= MAX_OUTLINES:
            break
    return list(found.values())


def _outlines(root: etree._Element) -> Iterator[Outline]:
    folders: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end"), tag="{*}outline"):
        given = {name.lower(): value for name, value in element.attrib.items()}
        title = (plain(given.get("title")) or plain(given.get("text")) or "")[:LONGEST] or None
        url = next((link for name in ADDRESSES if (link := address(given.get(name), ""))), None)
        url = url or next((said for name in ADDRESSES if (said := _said(given.get(name)))), None)
        if event == "end":
            folders.pop()
            continue
        if url is not None:
            home = address(given.get("htmlurl"), "")
            yield Outline(url=url, title=title, home=home, folder="/".join(filter(None, folders))[:LONGEST] or None)
        folders.append("" if url is not None else title or "")


def _said(given: str | None) -> str | None:
    return " ".join((given or "").split())[:LONGEST] or None
