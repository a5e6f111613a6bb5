"""Safe HTML, plain text and the pictures of a body; what text means is left to the other steps."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from urllib.parse import urljoin

import nh3
from lxml import etree

from services.enrichment.plain_text import SAFE_TAG, text_of, unescaped
from services.enrichment.taming import tamed

TAGS = frozenset(
    "a abbr aside audio b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt "
    "em figcaption figure footer h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p picture pre q rp rt ruby s "
    "samp section small source span strong sub summary sup table tbody td tfoot th thead time tr u ul var "
    "video".split()
)
ATTRIBUTES = {
    "*": {"dir", "lang"},
    "a": {"href", "title"},
    "abbr": {"title"},
    "audio": {"src"},
    "blockquote": {"cite"},
    "col": {"span"},
    "colgroup": {"span"},
    "del": {"cite", "datetime"},
    "img": {"alt", "height", "src", "srcset", "width"},
    "ins": {"cite", "datetime"},
    "ol": {"reversed", "start"},
    "q": {"cite"},
    "source": {"media", "sizes", "src", "srcset", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
    "video": {"height", "poster", "src", "width"},
}
DROPPED = frozenset(
    "applet button embed form head iframe input math noembed noframes noscript object option script select "
    "style svg template textarea title".split()
)
"""Elements that go with all they hold."""

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
"""What "&#1;" and its like stand for: no XML document, so no feed, may hold them (XML 1.0, section 2.2)."""

CONTROLS = bytes(code for code in range(128) if CONTROL.match(chr(code)))

SCHEMES = frozenset({"http", "https", "mailto"})

ADDRESS = re.compile(r"=\s*[\"']?\s*(?!(?:https?|mailto):|[\"'\s])", re.IGNORECASE)
ADDRESSED = ("href", "src", "cite", "poster", "srcset")
"""Attributes that hold addresses; `ADDRESS` finds their values, and others', that are not absolute."""

MAX_PICTURES = 200
LONGEST_CAPTION = 5_000
LONGEST_SRCSET = 10_000
IFRAME = re.compile(r"<iframe\b[^<>]{0,2000}?\bsrc\s*=\s*[\"']?([^\"'\s<>]{1,2000})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Picture:
    """An image of the body with its own caption."""

    url: str
    alt: str | None
    caption: str | None


@dataclass(frozen=True, slots=True)
class Body:
    """A body that is safe to show, its text (a blank line between paragraphs), and its pictures in order."""

    html: str
    text: str
    pictures: tuple[Picture, ...]


EMPTY = Body("", "", ())


def cleaned(markup: str, url: str | None) -> Body:
    """Sanitise a body; relative addresses are taken against the article's, and dropped when it has none."""
    if not markup.strip():
        return EMPTY
    markup = tamed(_frames_linked(markup))
    try:
        safe = _sanitised(markup, web_address(url))
    except ValueError:  # nh3 cannot resolve against such an address
        safe = _sanitised(markup, None)
    if not safe.strip():
        return EMPTY
    return Body(safe, text_of(safe), tuple(_pictures(_parsed(safe))) if "<img" in safe else ())


def plain(text: str) -> str:
    """Return the text of what may hold markup (a summary, a caption), as one line."""
    if "<" in text or "&" in text:
        text = unescaped(SAFE_TAG.sub("", _sanitised(tamed(text), None)))
    return " ".join(text.split())


def web_address(url: str | None) -> str | None:
    """Return an http or https address, and nothing for any other."""
    return url if url and url.lower().startswith(("http://", "https://")) else None


def _sanitised(markup: str, base: str | None) -> str:
    """Let nh3 have the last word on the markup: nothing is written into it afterwards."""
    sources = "srcset" in markup.lower()
    safe = _cleaner(base if base and (sources or _has_relative(markup)) else None, sources=sources).clean(markup)
    safe = safe.lstrip("\ufeff")  # a parser drops one that comes first, and with tags dropped another may
    if "\r" in safe:  # written as a reference; whoever reads the markup again has a line feed there
        safe = safe.replace("\r\n", "\n").replace("\r", "\n")
    return CONTROL.sub("", safe) if _has_control(safe) else safe


def _has_control(text: str) -> bool:
    """Look for what CONTROL matches, in bytes: a pattern takes as long as the sanitiser."""
    told = text.encode("utf-8", "replace")
    return len(told.translate(None, CONTROLS)) < len(told) or "\ufffe" in text or "\uffff" in text


@lru_cache(maxsize=64)
def _cleaner(base: str | None, *, sources: bool) -> nh3.Cleaner:
    """Make a sanitiser, which takes longer than its work on a story; nearly all stories need the one without a base."""
    return nh3.Cleaner(
        tags=set(TAGS),
        clean_content_tags=set(DROPPED),
        attributes=ATTRIBUTES,
        attribute_filter=(lambda tag, name, value: _attribute(tag, name, value, base)) if sources else None,
        link_rel=None,
        url_schemes=set(SCHEMES),
        url_relative=("rewrite_with_base", base) if base else "deny",
        set_tag_attribute_values={"audio": {"controls": ""}, "video": {"controls": ""}},
    )


def _has_relative(markup: str) -> bool:
    """Tell whether an address may be relative; one that hides from this is dropped, as without a base."""
    return any(
        markup[max(0, found.start() - 12) : found.start()].rstrip().lower().endswith(ADDRESSED)
        for found in ADDRESS.finditer(markup)
    )


def _attribute(_tag: str, name: str, value: str, base: str | None) -> str | None:
    if name != "srcset":
        return value
    return _srcset(value, base) if len(value) <= LONGEST_SRCSET else None


def _srcset(value: str, base: str | None) -> str | None:
    """Check each candidate's address, which nh3 does not (HTML, "srcset attributes")."""
    kept = []
    for candidate in re.split(r",\s+|,(?=https?://|//|/)", value):
        address, _, descriptor = candidate.strip().partition(" ")
        absolute = _absolute(address, base)
        if absolute and re.fullmatch(r"\s*(?:[0-9.]{1,9}[wxh])?", descriptor):
            kept.append(f"{absolute} {descriptor}".strip())
    return ", ".join(kept) or None


def _absolute(address: str, base: str | None) -> str | None:
    try:
        return web_address(urljoin(base or "", address))
    except ValueError:
        return None


def _frames_linked(markup: str) -> str:
    """Put a link in front of each frame, which sanitising then drops."""
    return IFRAME.sub(_frame_link, markup) if "<iframe" in markup.lower() else markup


def _frame_link(frame: re.Match[str]) -> str:
    address = html.unescape(frame[1]).strip()
    label = re.sub(r"^(?:https?:)?//", "", address).split("?")[0]
    return f'<a href="{html.escape(address)}">{html.escape(label)}</a>{frame[0]}'


def _parsed(safe: str) -> etree._Element:
    # Plain elements: lxml.html's own classes are looked up in Python for each one.
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True)
    return etree.fromstring(safe.encode("utf-8", "replace"), parser)


def _pictures(root: etree._Element) -> Iterator[Picture]:
    """Yield the body's first images, but not the dots that count readers."""
    captions: dict[etree._Element, str | None] = {}
    for image in islice(root.iter("img"), MAX_PICTURES):
        address = image.get("src")
        if address and not {image.get("width"), image.get("height")} & {"0", "1", "2"}:
            figure = next(image.iterancestors("figure"), None)
            if figure is not None and figure not in captions:
                captions[figure] = _caption(figure)
            yield Picture(address, image.get("alt") or None, None if figure is None else captions[figure])


def _caption(figure: etree._Element) -> str | None:
    caption = next(figure.iter("figcaption"), None)
    if caption is None:
        return None
    return " ".join("".join(map(str, caption.itertext())).split())[:LONGEST_CAPTION].strip() or None
