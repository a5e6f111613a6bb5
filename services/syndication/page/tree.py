"""The little that every edit of a body's tree needs: taking elements out, reading hosts and words; pure."""

from __future__ import annotations

from urllib.parse import urlsplit

from lxml import etree


def drop(element: etree._Element) -> None:
    """Take an element out with all it holds, but not the text behind it."""
    parent = element.getparent()
    if parent is None:
        return
    before = element.getprevious()
    if before is None:
        parent.text = (parent.text or "") + (element.tail or "")
    else:
        before.tail = (before.tail or "") + (element.tail or "")
    parent.remove(element)


def words(element: etree._Element) -> str:
    """Return the text within an element."""
    return "".join(map(str, element.itertext()))


def host(url: str | None) -> str:
    """Return the host of a web address, empty where it is none."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return ""
    return (parts.hostname or "") if parts.scheme in ("http", "https") else ""
