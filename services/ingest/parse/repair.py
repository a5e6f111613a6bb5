"""Well-formed XML out of text that nearly is: entities, ampersands, junk, DTDs, prefixes; tags are left to balance."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.entities import html5

from services.ingest.parse.encoding import WINDOWS
from services.ingest.parse.names import SPACES, UNDECLARED

ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
DOCTYPE = re.compile(r"<!DOCTYPE", re.IGNORECASE)
PROLOG = re.compile(r"(?:\s++|<\?(?:[^?]|\?(?!>))*+\?>|<!--(?:[^-]|-(?!->))*+-->)*+")
ROOT = re.compile(
    r"<(?:[A-Za-z_][\w.-]{0,30}:)?(?:rss|rdf|feed|entry|channel|urlset|sitemapindex|opml)(?=[\s>/])", re.IGNORECASE
)
FIRST_TAG = re.compile(r"<[A-Za-z_][\w.-]{0,99}(?::[A-Za-z_][\w.-]{0,99})?")
REFERENCE = re.compile(r"&(?:#([0-9]{1,9});|#[xX]([0-9a-fA-F]{1,8});|([A-Za-z][A-Za-z0-9]{1,31});|#[0-9xX]\w{0,400};)?")
PREFIX = re.compile(r"<([A-Za-z_][\w.-]{0,99}):")
PREFIXED_ATTRIBUTE = re.compile(r"\s([A-Za-z_][\w.-]{0,99}):[A-Za-z_][\w.-]{0,99}\s?=")
DECLARATION = re.compile(r"\sxmlns:([A-Za-z_][\w.-]{0,99})\s?=")
STRAY_SIGN = re.compile(r"<(?![A-Za-z_:/!?])")
VOID = re.compile(r"<(br|hr|img|wbr|input|embed|area|col)\b([^<>]*+)>", re.IGNORECASE)
CLOSED_VOID = re.compile(r"</(?:br|hr|img|wbr|input|embed|area|col)\s*+>", re.IGNORECASE)
NATIVE = frozenset({"amp", "lt", "gt", "quot", "apos"})
OPENS, CLOSES = "<![CDATA[", "]]>"


def repaired(text: str) -> str:
    """Return a document without declaration, DTD, junk before its root and what XML forbids, as nearly well-formed.

    The DTD goes as a whole and unread, so that no entity is declared and none can grow or reach for a file.
    """
    text = ILLEGAL.sub("", text) if ILLEGAL.search(text) else text
    text = from_root(without_doctype(text))
    return _declared("".join(part if data else _markup(part) for data, part in parts(text)))


def from_root(text: str) -> str:
    """Cut what stands before the root: warnings of a server, blank lines, the XML declaration."""
    found = ROOT.search(text)
    return text[found.start() :] if found else text[_prolog(text) :]


def parts(text: str) -> Iterator[tuple[bool, str]]:
    """Yield the text in pieces, each with whether it is a CDATA section; one that does not end is ended."""
    at = 0
    while (start := text.find(OPENS, at)) >= 0:
        yield False, text[at:start]
        end = text.find(CLOSES, start)
        if end < 0:
            yield True, text[start:] + CLOSES
            return
        at = end + len(CLOSES)
        yield True, text[start:at]
    yield False, text[at:]


def without_doctype(text: str) -> str:
    """Cut the document type declaration that stands before the first element, and whatever is before a second."""
    for _ in range(2):
        found = DOCTYPE.search(text, 0, _first_element(text))
        if found is None:
            return text
        text = text[: found.start()] + text[_doctype_end(text, found.end()) :]
    return text if DOCTYPE.search(text, 0, _first_element(text)) is None else ""


def doctype(text: str) -> str:
    """Return the document type declaration, empty when there is none."""
    start = _prolog(text)
    return text[start : _doctype_end(text, start + 9)] if text[start : start + 9].upper() == "<!DOCTYPE" else ""


def _prolog(text: str) -> int:
    found = PROLOG.match(text)
    return found.end() if found else 0


def _first_element(text: str) -> int:
    found = FIRST_TAG.search(text, _prolog(text))
    return found.start() if found else len(text)


def _doctype_end(text: str, at: int) -> int:
    """Return where a declaration ends; quotes and comments may hold brackets. The whole rest when it does not."""
    depth = 0
    token = re.compile(r"<!--|[\"'\[\]>]")
    while (found := token.search(text, at)) is not None:
        mark, at = found[0], found.end()
        if mark == ">" and depth == 0:
            return at
        if mark in "[]":
            depth = max(0, depth + (1 if mark == "[" else -1))
        elif mark != ">":
            closed = text.find("-->" if mark == "<!--" else mark, at)
            if closed < 0:
                break
            at = closed + (3 if mark == "<!--" else 1)
    return len(text)


def _markup(part: str) -> str:
    """Repair what stands outside CDATA sections."""
    part = REFERENCE.sub(_reference, part) if "&" in part else part
    part = STRAY_SIGN.sub("&lt;", part).replace(CLOSES, "]]&gt;")
    return VOID.sub(_void, CLOSED_VOID.sub("", part))


def _void(tag: re.Match[str]) -> str:
    return tag[0] if tag[2].endswith("/") else f"<{tag[1]}{tag[2]}/>"


def _reference(found: re.Match[str]) -> str:
    """Return a reference that XML knows: the character for a name of HTML, nothing for a number of no character."""
    decimal, hexadecimal, name = found.groups()
    if name:
        if name in NATIVE:
            return found[0]
        return _escaped(html5[f"{name};"]) if f"{name};" in html5 else f"&amp;{name};"
    if decimal or hexadecimal:
        return numbered(int(decimal) if decimal else int(hexadecimal, 16))
    return "&amp;" if found[0] == "&" else ""


def numbered(number: int) -> str:
    """Return a character by its number as browsers do: 128 to 159 are those of Windows."""
    if number in WINDOWS and number < 0xA0:
        return WINDOWS[number]
    legal = 0x20 <= number < 0xD800 or 0xE000 <= number < 0xFFFE or 0x10000 <= number < 0x110000
    return _escaped(chr(number)) if (legal and number != 0x7F) or number in (9, 10, 13) else ""


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _declared(text: str) -> str:
    """Declare at the root the prefixes that are used and nowhere declared."""
    outside = [part for data, part in parts(text) if not data]
    used = {prefix for part in outside for prefix in (*PREFIX.findall(part), *PREFIXED_ATTRIBUTE.findall(part))}
    missing = used - {prefix for part in outside for prefix in DECLARATION.findall(part)} - {"xml", "xmlns"}
    root = FIRST_TAG.search(text)
    if not missing or root is None:
        return text
    spaces = "".join(f' xmlns:{name}="{SPACES.get(name, UNDECLARED + name)}"' for name in sorted(missing))
    return text[: root.end()] + spaces + text[root.end() :]
