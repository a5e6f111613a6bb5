"""A story's body as pages show it: pictures late and in boxes, headings in order, wide things scrolling, cut if asked.

It comes sanitised, and is sanitised again after all else, with a narrower list: the last word on markup is nh3's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import nh3
from lxml import etree
from markupsafe import Markup

from services.syndication.feeds.text import legal

SIZES = "(min-width: 46rem) 43rem, 92vw"
"""How wide a picture is shown, for browsers to choose from a srcset."""

TAGS = frozenset(
    "a abbr b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure "
    "h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p picture pre q rp rt ruby s samp section small source span strong "
    "sub summary sup table tbody td tfoot th thead time tr u ul var".split()
)
ATTRIBUTES = {
    "*": {"dir", "lang"},
    "a": {"aria-label", "href", "title"},
    "abbr": {"title"},
    "blockquote": {"cite"},
    "col": {"span"},
    "colgroup": {"span"},
    "del": {"cite", "datetime"},
    "img": {"alt", "height", "sizes", "src", "srcset", "width"},
    "ins": {"cite", "datetime"},
    "ol": {"reversed", "start"},
    "q": {"cite"},
    "source": {"media", "sizes", "srcset", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
VALUES = {"div": {"role": {"region"}, "tabindex": {"0"}, "aria-label": {"Table", "Preformatted text"}}}
CLASSES = {"div": {"scroll", "aside"}, "img": {"unsized"}}
ALWAYS = {"img": {"loading": "lazy", "decoding": "async"}}
DROPPED = frozenset(
    "applet button embed form frame frameset head iframe input link math meta noembed noframes noscript object option "
    "script select style svg template textarea title xmp".split()
)
PLAIN = {"aside": "aside", "footer": None, "header": None, "main": None, "nav": None, "article": None}
"""Elements that would be landmarks of the page, and the class each has as a plain one."""

PIXELS = re.compile(r"[1-9][0-9]{0,4}")
DOT = 2
"""Pixels: what is no larger is there to count readers."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A body's markup, safe to stand in a page, and whether its end was cut off."""

    html: Markup
    cut: bool = False


def shown(markup: str, *, level: int, lead: str | None = None, limit: int | None = None) -> Shown:
    """Return a body whose headings go on below `level`, without the picture that is shown above it already.

    With a `limit` it ends with the last block that fits into so many characters of markup.
    """
    root = _parsed(legal(markup))
    if root is None:
        return Shown(Markup())
    _media_linked(root)
    _pictures(root, lead)
    _headings(root, level)
    _plain(root)
    _links_named(root)
    _scrolling(root)
    cut = limit is not None and _cut(root, limit)
    return Shown(Markup(_sanitised(_inner(root))), cut)  # noqa: S704  # what nh3 gives is safe


def _parsed(markup: str) -> etree._Element | None:
    if not markup.strip():
        return None
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True, remove_comments=True, remove_pis=True)
    root = etree.fromstring(f"<div>{markup}</div>".encode("utf-8", "replace"), parser)
    return None if root is None else root.find("body")


def _inner(root: etree._Element) -> str:
    html: str = etree.tostring(root, encoding="unicode", method="html")
    return html


def _sanitised(markup: str) -> str:
    return nh3.clean(
        markup,
        tags=set(TAGS),
        clean_content_tags=set(DROPPED),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        tag_attribute_values=VALUES,
        set_tag_attribute_values=ALWAYS,
        allowed_classes=CLASSES,
        link_rel=None,
        url_schemes={"http", "https", "mailto"},
        url_relative="deny",
    )


def _media_linked(root: etree._Element) -> None:
    """Put a link where film or sound would be fetched from a third party."""
    for element in list(root.iter("video", "audio", "iframe")):
        nested = element.find("source")
        url = element.get("src") or (nested.get("src") if nested is not None else None)
        host = _host(url)
        if url is None or not host:
            _drop(element)
            continue
        kind = "Audio" if element.tag == "audio" else "Video"
        tail = element.tail
        element.clear()
        element.tag, element.text, element.tail = "a", f"{kind} at {host}", tail
        element.set("href", url)


def _pictures(root: etree._Element, lead: str | None) -> None:
    for image in list(root.iter("img")):
        width, height = image.get("width", ""), image.get("height", "")
        if image.get("src") == lead or _is_dot(width) or _is_dot(height) or not image.get("src"):
            _drop(_whole(image))
            continue
        if not (PIXELS.fullmatch(width) and PIXELS.fullmatch(height)):
            for name in ("width", "height"):
                image.attrib.pop(name, "")
            image.set("class", "unsized")
        image.set("alt", image.get("alt", ""))
        if image.get("srcset"):
            image.set("sizes", SIZES)


def _is_dot(pixels: str) -> bool:
    return pixels.isascii() and pixels.isdigit() and len(pixels) < 6 and int(pixels) <= DOT


def _whole(image: etree._Element) -> etree._Element:
    """Return what goes with a picture: its figure, where that shows nothing else."""
    figure = next(image.iterancestors("figure"), None)
    return figure if figure is not None and sum(1 for _ in figure.iter("img")) == 1 else image


def _headings(root: etree._Element, level: int) -> None:
    """Move headings below the story's own, and leave no level out on the way down."""
    before = level
    for element in list(root.iter("h1", "h2", "h3", "h4", "h5", "h6")):
        if not "".join(map(str, element.itertext())).strip():
            _drop(element)
            continue
        before = min(level + max(1, int(element.tag[1]) - 1), before + 1, 6)
        element.tag = f"h{before}"


def _plain(root: etree._Element) -> None:
    for element in list(root.iter(*PLAIN)):
        kind = PLAIN[element.tag]
        element.tag = "div"
        if kind:
            element.set("class", kind)


def _links_named(root: etree._Element) -> None:
    """Give each link words: one around a picture has those that describe it, an empty one is dropped."""
    for link in list(root.iter("a")):
        if "".join(map(str, link.itertext())).strip():
            continue
        pictures = list(link.iter("img"))
        if not pictures:
            _drop(link)
        elif not any((picture.get("alt") or "").strip() for picture in pictures):
            link.set("aria-label", f"Picture at {_host(link.get('href')) or 'its source'}")


def _scrolling(root: etree._Element) -> None:
    """Let what may be wider than a phone scroll in a box of its own, which keys reach too."""
    for element in list(root.iter("table", "pre")):
        if next(element.iterancestors("table", "pre"), None) is not None:
            continue
        box = etree.Element("div", {"class": "scroll", "role": "region", "tabindex": "0"})
        box.set("aria-label", "Table" if element.tag == "table" else "Preformatted text")
        parent = element.getparent()
        if parent is not None:
            box.tail, element.tail = element.tail, None
            parent.replace(element, box)
            box.append(element)


def _cut(root: etree._Element, limit: int) -> bool:
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
                _end_with(inner, list(inner), "".join(map(str, block.itertext())), left)
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


def _drop(element: etree._Element) -> None:
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


def _host(url: str | None) -> str:
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return ""
    return (parts.hostname or "") if parts.scheme in ("http", "https") else ""
