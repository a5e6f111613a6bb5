"""Edits of a body's tree before it is sanitised: what pages show otherwise than it was sent; each does one thing."""

from __future__ import annotations

import re

from lxml import etree

from services.syndication.page.tree import drop, host, words
from shared.numbers import whole

SIZES = "(min-width: 46rem) 43rem, 92vw"
"""How wide a picture is shown, for browsers to choose from a srcset."""

PLAIN = {"aside": "aside", "footer": None, "header": None, "main": None, "nav": None, "article": None}
"""Elements that would be landmarks of the page, and the class each has as a plain one."""

PIXELS = re.compile(r"[1-9][0-9]{0,4}")
DOT = 2
"""Pixels: what is no larger is there to count readers."""


def link_media(root: etree._Element) -> None:
    """Put a link where film or sound would be fetched from a third party."""
    for element in list(root.iter("video", "audio", "iframe")):
        nested = element.find("source")
        url = element.get("src") or (nested.get("src") if nested is not None else None)
        place = host(url)
        if url is None or not place:
            drop(element)
            continue
        kind = "Audio" if element.tag == "audio" else "Video"
        tail = element.tail
        element.clear()
        element.tag, element.text, element.tail = "a", f"{kind} at {place}", tail
        element.set("href", url)


def box_pictures(root: etree._Element, lead: str | None) -> None:
    """Give each picture room of its own before it comes; take out the lead, shown above already, and counters."""
    for image in list(root.iter("img")):
        width, height = image.get("width", ""), image.get("height", "")
        if image.get("src") == lead or _is_dot(width) or _is_dot(height) or not image.get("src"):
            drop(_whole(image))
            continue
        if not (PIXELS.fullmatch(width) and PIXELS.fullmatch(height)):
            for name in ("width", "height"):
                image.attrib.pop(name, "")
            image.set("class", "unsized")
        image.set("alt", image.get("alt", ""))
        if image.get("srcset"):
            image.set("sizes", SIZES)


def _is_dot(pixels: str) -> bool:
    return whole(pixels, DOT) is not None


def _whole(image: etree._Element) -> etree._Element:
    """Return what goes with a picture: its figure, where that shows nothing else."""
    figure = next(image.iterancestors("figure"), None)
    return figure if figure is not None and sum(1 for _ in figure.iter("img")) == 1 else image


def order_headings(root: etree._Element, level: int) -> None:
    """Move headings below the story's own, and leave no level out on the way down."""
    before = level
    for element in list(root.iter("h1", "h2", "h3", "h4", "h5", "h6")):
        if not words(element).strip():
            drop(element)
            continue
        before = min(level + max(1, int(element.tag[1]) - 1), before + 1, 6)
        element.tag = f"h{before}"


def unmark(root: etree._Element) -> None:
    """Make plain boxes of what would be landmarks of the page."""
    for element in list(root.iter(*PLAIN)):
        kind = PLAIN[element.tag]
        element.tag = "div"
        if kind:
            element.set("class", kind)


def name_links(root: etree._Element) -> None:
    """Give each link words: one around a picture has those that describe it, an empty one is dropped."""
    for link in list(root.iter("a")):
        if words(link).strip():
            continue
        pictures = list(link.iter("img"))
        if not pictures:
            drop(link)
        elif not any((picture.get("alt") or "").strip() for picture in pictures):
            link.set("aria-label", f"Picture at {host(link.get('href')) or 'its source'}")


def box_wide(root: etree._Element) -> None:
    """Let what may be wider than a phone scroll in a box of its own, which keys reach too."""
    for element in list(root.iter("table", "pre")):
        if next(element.iterancestors("table", "pre"), None) is not None:
            continue
        box = etree.Element("div", {"class": "scroll", "role": "group", "tabindex": "0"})
        box.set("aria-label", "Table" if element.tag == "table" else "Preformatted text")
        parent = element.getparent()
        if parent is not None:
            box.tail, element.tail = element.tail, None
            parent.replace(element, box)
            box.append(element)
