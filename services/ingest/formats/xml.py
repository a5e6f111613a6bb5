"""Strict XML for wire formats: no entities of a document's own, no DTD, no network; what it says is left to others."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Any

from lxml import etree

from services.ingest.document import Unreadable

ROOT = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,99}:)?([A-Za-z_][\w.-]{0,99})")
DOCTYPE = b"<!doctype"
MOST_BEFORE = 1_000
"""Comments, instructions and whatever else begins with a < before a document's first element."""

SKIPPED = ((b"<!--", b"-->"), (b"<?", b"?>"), (DOCTYPE, b">"))
ENTITY = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,31});")
DECLARED = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
OWN = frozenset((b"amp", b"lt", b"gt", b"quot", b"apos"))
WIDE = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))


def narrow(body: bytes) -> bytes:
    """Return UTF-16 as UTF-8 without its declaration, and anything else as it is, without a byte order mark."""
    for start, encoding in WIDE:
        if body.startswith(start):
            text = body.decode(encoding, "replace").removeprefix("\ufeff")
            return DECLARED.sub("", text).encode("utf-8", "replace")
    return body.removeprefix(b"\xef\xbb\xbf")


@dataclass(frozen=True, slots=True)
class Prolog:
    """What stands before a document's first element, and that element's local name."""

    root: str | None
    doctype: bytes = b""


def prolog_of(body: bytes) -> Prolog:
    """Look for the first element, whether or not the rest is well-formed; it must stand among the first thousand."""
    at, doctype = 0, b""
    for _ in range(MOST_BEFORE):
        at = body.find(b"<", at)
        if at < 0:
            break
        start = body[at : at + len(DOCTYPE)].lower()
        closing = next((end for opening, end in SKIPPED if start.startswith(opening)), None)
        if closing is None:
            found = ROOT.match(body, at)
            if found:
                return Prolog(found[1].decode("ascii", "replace"), doctype)
            at += 1
            continue
        end = body.find(closing, at)
        if end < 0:
            break
        if start == DOCTYPE:
            doctype = body[at : end + 1]
        at = end + len(closing)
    return Prolog(None, doctype)


def tree_of(body: bytes) -> etree._Element | Unreadable:
    """Parse a document; entities of HTML are read, and those it declares itself make it unreadable."""
    safe = narrow(body).lstrip()
    prolog = prolog_of(safe)
    if prolog.root is None:
        return Unreadable("does not begin with an element")
    if b"[" in prolog.doctype:
        return Unreadable("has a DTD of its own, which is not read")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(ENTITY.sub(_character, safe), parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        return Unreadable(f"is not well-formed XML: {_told(error)}")
    inner: Any = root.getroottree().docinfo.internalDTD
    if inner is not None and next(iter(inner.iterentities()), None) is not None:  # hidden by its encoding
        return Unreadable("has a DTD of its own, which is not read")
    return root


def words(element: etree._Element | None) -> str | None:
    """Return all the text in an element with its white space folded, or None when there is none."""
    if element is None:
        return None
    return " ".join(text_of(element).split()) or None


def text_of(element: etree._Element) -> str:
    """Return all the text in an element as it stands."""
    return "".join(str(part) for part in element.itertext())


def local_name(element: etree._Element) -> str:
    """Return an element's name without its namespace; empty for what is no element."""
    tag: object = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _character(found: re.Match[bytes]) -> bytes:
    if found[1] in OWN:
        return found[0]
    text = html.unescape(found[0].decode("ascii"))
    return "".join(f"&#{ord(letter)};" for letter in text).encode("ascii") if text[0] != "&" else found[0]


def _told(error: Exception) -> str:
    words = str(error).partition("\n")[0]
    return words[:200] or type(error).__name__
