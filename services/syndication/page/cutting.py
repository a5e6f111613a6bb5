"""Ends a body early, after the last block that fits, for where a story stands among others; pure."""

from __future__ import annotations

from lxml import etree

from services.syndication.page.tree import words


def cut(root: etree._Element, limit: int) -> bool:
    """Leave out what does not fit, from the first block on that does not; tell whether anything was."""
    inner = _innermost(root)
    left = limit
    if inner.text and len(inner.text) > left:
        _end_with(inner, list(inner), inner.text, left)
        return True
    left -= len(inner.text or "")
    for number, block in enumerate(inner):
        size = len(etree.tostring(block, encoding="unicode", method="html"))
        if size > left:
            if number == 0:
                _end_with(inner, list(inner), words(block), left)
            else:
                _remove(inner, list(inner)[number:])
            return True
        left -= size
    return False


def _end_with(inner: etree._Element, blocks: list[etree._Element], text: str, left: int) -> None:
    """Show the start of a text alone, up to a word's end."""
    _remove(inner, blocks)
    start = " ".join(text[: left + 1].split())
    paragraph = etree.SubElement(inner, "p")
    inner.text, paragraph.text = None, f"{start.rpartition(' ')[0] or start}…"


def _remove(inner: etree._Element, blocks: list[etree._Element]) -> None:
    for block in blocks:
        inner.remove(block)


def _innermost(root: etree._Element) -> etree._Element:
    """Return the element that holds the blocks: bodies come wrapped in boxes of which each has but one within."""
    inner = root
    while len(inner) == 1 and inner[0].tag in ("div", "section") and not (inner.text or "").strip():
        inner = inner[0]
    return inner
