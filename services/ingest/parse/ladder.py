"""Bytes to a tree of XML by the gentlest means that will do; what stands in the tree is left to the readers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from services.ingest.document import Quality, Unreadable
from services.ingest.parse.balance import balanced
from services.ingest.parse.encoding import Decoded, decoded, says_utf_8
from services.ingest.parse.names import local
from services.ingest.parse.repair import doctype, repaired

MAX_SIGNS = 1_000_000
"""The most "<" of a document, about twice its elements."""

SCOPES = etree.XPath("boolean(//@xml:*)")
"""Whether xml:base or xml:lang occur, four times faster than to look through the bytes."""

WORD = re.compile(r">[^<>]*\w")
PROLOG = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s++|<\?(?:[^?]|\?(?!>))*+\?>|<!--(?:[^-]|-(?!->))*+-->)*+")


@dataclass(frozen=True, slots=True)
class Tree:
    """A document's root, how it was come by, and the words that did not come along."""

    root: etree._Element
    quality: Quality
    lost: tuple[str, ...] = ()
    text: str = field(default="", repr=False)
    scoped: bool = True
    """Whether xml:base or xml:lang may occur."""


def climb(body: bytes, content_type: str = "") -> Tree | Unreadable:
    """Read XML: strictly, else repaired, else with its tags balanced. Opens nothing but the bytes."""
    if _is_too_much(body):
        return Unreadable(f"the document has more than {MAX_SIGNS // 2} elements")
    root = _at_once(body, content_type)
    if root is not None:
        return Tree(root, "strict", scoped=bool(SCOPES(root)))
    told = decoded(body, content_type)
    if not told.text or told.text.isspace():
        return Unreadable("the document is empty")
    if _is_too_much(told.data):
        return Unreadable(f"the document has more than {MAX_SIGNS // 2} elements")
    root = _as_it_is(told)
    if root is not None:
        return Tree(root, "strict" if told.faithful else "repaired", text=told.text, scoped=bool(SCOPES(root)))
    text = repaired(told.text)
    root = _strict(text.encode("utf-8", "replace"))
    if root is not None:
        return Tree(root, "repaired", text=text)
    return _recovered(text)


def _is_too_much(data: bytes) -> bool:
    return len(data) > MAX_SIGNS and data.count(b"<") > MAX_SIGNS


def kind_of(root: etree._Element) -> str:
    """Return a root's name without namespace, lower case."""
    return local(root.tag)


def _at_once(body: bytes, content_type: str) -> etree._Element | None:
    """Parse what says it is UTF-8, is so, and has no DTD: nearly all there is, at half the cost."""
    start = PROLOG.match(body)
    if not says_utf_8(body, content_type) or start is None or body[start.end() : start.end() + 2] in (b"", b"<!"):
        return None
    return _strict(body)


def _as_it_is(told: Decoded) -> etree._Element | None:
    """Parse what needs no repair: a DTD that declares anything, or a reference to what one would declare, does."""
    declared = doctype(told.text)
    if "[" in declared:
        return None
    root = _strict(told.data)
    if root is not None and declared and next(root.iter(etree.Entity), None) is not None:
        return None
    return root


def _strict(data: bytes) -> etree._Element | None:
    try:
        return etree.fromstring(data, _parser())
    except etree.XMLSyntaxError:
        return None


def _parser(*, recover: bool = False) -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=recover,
    )


def _recovered(text: str) -> Tree | Unreadable:
    whole, behind = balanced(text)
    root = _strict(whole.encode("utf-8", "replace"))
    if root is None:
        try:
            root = etree.fromstring(whole.encode("utf-8", "replace"), _parser(recover=True))
        except etree.XMLSyntaxError:
            root = None
    if root is None:
        return Unreadable(instead(text))
    lost = ("what stands behind the document's end is not read",) if WORD.search(behind) else ()
    return Tree(root, "recovered", lost=lost, text=text)


def instead(text: str) -> str:
    """Say what a document is that is no feed."""
    head = text[:2000].strip().lower()
    if "<html" in head or "<!doctype html" in head:
        return "this is an HTML page, not a feed"
    if head.startswith("{"):
        return "this is JSON, not a feed"
    return "this is neither RSS nor Atom"
