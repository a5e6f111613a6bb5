"""Bytes of a web page to a tree, within bounds; what stands in the tree is left to others."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from itertools import islice
from typing import Any

from lxml import etree, html
from lxml.html import HtmlElement

from services.ingest import css
from services.ingest.document import Unreadable
from services.ingest.parse.encoding import BOMS, WIDE, decoded, encoding_named
from services.ingest.submission import printable

MAX_BYTES = 6 * 1024 * 1024
MAX_ELEMENTS = 60_000
MAX_DEPTH = 250
"""Below the depth at which libxml2 stops reading a page (256) and would lose the rest without a word."""

MAX_ATTRIBUTES = 1_000
"""Of one element: building the tree takes the square of their number."""

SNIFFED = 4096
META = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
NUMBERED = re.compile(r"&#(?:[xX]0*+([0-9a-fA-F]{1,8})|0*+([0-9]{1,8}));?")
PAGES = ("html", "xml", "text/plain")


class _TooMuchError(Exception):
    """A page is past a bound; the message says which."""


class _Census:
    """Counts what a page holds as the parser finds it, without keeping any of it."""

    def __init__(self) -> None:
        self._elements = self._depth = 0

    def start(self, _tag: str, attributes: Mapping[str, str]) -> None:
        """Count an element. Raises _TooMuchError."""
        self._elements += 1
        self._depth += 1
        if self._elements > MAX_ELEMENTS:
            raise _TooMuchError(f"the page has more than {MAX_ELEMENTS} elements")
        if self._depth > MAX_DEPTH:
            raise _TooMuchError(f"the page nests more than {MAX_DEPTH} elements")
        if len(attributes) > MAX_ATTRIBUTES:
            raise _TooMuchError(f"an element of the page has more than {MAX_ATTRIBUTES} attributes")

    def end(self, _tag: str) -> None:
        """Leave an element."""
        self._depth -= 1

    def close(self) -> None:
        """Nothing is left to do."""


def tree(page: bytes, content_type: str) -> HtmlElement | Unreadable:
    """Parse a page as browsers decode it; nothing is fetched and no file opened for it.

    Takes up to half a second for megabytes: call it in a thread.
    """
    if len(page) > MAX_BYTES:
        return Unreadable(f"the page is larger than {MAX_BYTES // 1024 // 1024} MiB")
    kind = content_type.partition(";")[0].strip().lower()
    if kind and not any(word in kind for word in PAGES):
        return Unreadable(f"this is {kind[:60]}, not a web page")
    text = text_of(page, content_type)
    if not text.strip():
        return Unreadable("the page is empty")
    written = text.encode("utf-8", "replace")
    try:
        _parser(_Census()).feed(written)
        root = html.document_fromstring(written, parser=_parser(None))
    except _TooMuchError as reason:
        return Unreadable(str(reason))
    except (etree.LxmlError, ValueError, AssertionError) as error:
        return Unreadable(f"the page cannot be read: {type(error).__name__}")
    return root


def text_of(page: bytes, content_type: str) -> str:
    """Decode a page: byte order mark, else HTTP's charset, else the page's own meta element (HTML, 13.2.3.2)."""
    if "charset" not in content_type.lower() and not page.startswith(tuple(mark for mark, _ in BOMS)):
        told = META.search(page[:SNIFFED])
        name = encoding_named(told[1].decode("ascii")) if told is not None else None
        if name is not None and name not in WIDE:  # what was read as ASCII is no UTF-16 (HTML, 13.2.3.2, step 15)
            content_type = f"text/html; charset={name}"
    text = printable(decoded(page, content_type).text)
    return NUMBERED.sub(_possible, text) if "&#" in text else text


def _possible(reference: re.Match[str]) -> str:
    """Return a character's reference, or nothing for one that lxml takes from a page but never back."""
    number = int(reference[1], 16) if reference[1] else int(reference[2])
    return reference[0] if number > sys.maxunicode or printable(chr(number)) else ""


def _parser(target: Any) -> html.HTMLParser:
    return html.HTMLParser(
        target=target,
        encoding="utf-8",
        huge_tree=True,  # or text of 10 MB would be cut without a word; the bounds above hold
        no_network=True,
        remove_comments=True,
        remove_pis=True,
    )


def selected(root: HtmlElement, selector: str | None) -> list[HtmlElement]:
    """Return the elements inside `root` that a CSS selector matches, in order; none without one."""
    matching = css.compiled(selector) if selector else None
    if matching is None:
        return []
    found = matching(root)
    return [one for one in found if isinstance(one, HtmlElement)] if isinstance(found, list) else []


def words(element: HtmlElement | None) -> str:
    """Return an element's text on one line, without that of scripts and styles; blocks are parted by a space."""
    if element is None:
        return ""
    parts: list[str] = []
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, one in walk:
        space = " " if one.tag in BLOCKS else ""
        if event == "end":
            parts.append(f"{space}{one.tail or ''}" if one is not element else "")
        elif one.tag in SILENT:
            walk.skip_subtree()
        else:
            parts.append(f"{space}{one.text or ''}")
    return " ".join("".join(parts).split())


SILENT = frozenset(("script", "style", "noscript", "template", "svg"))
BLOCKS = frozenset(
    "address article aside blockquote br dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 "
    "h4 h5 h6 header hr li main nav ol p pre section table td th tr ul".split()
)


def small(element: HtmlElement, most: int) -> bool:
    """Tell whether an element holds at most so many others; no more than these are looked at to tell."""
    return next(islice(element.iterdescendants(), most, None), None) is None


def longer(element: HtmlElement, least: int) -> bool:
    """Tell whether an element holds at least so many characters of text."""
    length = 0
    for text in element.itertext():
        length += len(text.strip())
        if length >= least:
            return True
    return False


def taken_out(element: HtmlElement) -> None:
    """Take an element out of its tree and leave the text behind it where it stood."""
    if element.getparent() is not None:
        element.drop_tree()
