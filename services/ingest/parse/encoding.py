"""Bytes of a feed to clean UTF-8 without a DTD; what the XML says is left to feed."""

from __future__ import annotations

import codecs
import re

SNIFFED = 1024
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
UNMARKED = ((b"<\0\0\0", "utf-32-le"), (b"\0\0\0<", "utf-32-be"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
"""How "<" begins without a byte order mark (XML 1.0 appendix F)."""

KNOWN = frozenset(
    "utf-8 ascii iso8859-1 iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-9 "
    "iso8859-10 iso8859-13 iso8859-14 iso8859-15 iso8859-16 cp866 cp874 cp1250 cp1251 cp1252 cp1253 cp1254 "
    "cp1255 cp1256 cp1257 cp1258 koi8-r koi8-u mac-roman mac-cyrillic gb2312 gbk gb18030 big5 big5hkscs euc_jp "
    "euc_kr shift_jis cp932 cp949 iso2022_jp".split()
)
"""Encodings that browsers read (Encoding standard); others of Python's, such as punycode, can be made to hang."""

STATEFUL = frozenset({"iso2022_jp"})
"""Encodings whose text is valid UTF-8 as well and means something else."""

CHARSET = re.compile(rb"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]{2,40})[\"']")
DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,500}?\?>")
STRAY = {
    0xDC00 + byte: bytes([byte]).decode("cp1252", "replace") if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else ""
    for byte in range(0x80, 0x100)
}
"""What a byte that is no UTF-8 was meant to be: feeds mix Windows text into UTF-8."""

CHARACTER = re.compile(r"&(?:amp;)?#(x[0-9a-f]{1,400}|[0-9]{1,400});?", re.IGNORECASE)
"""A character by its number, in markup or in escaped markup."""

ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
DOCTYPE = re.compile("<!DOCTYPE", re.IGNORECASE)
ELEMENT = re.compile("<[A-Za-z_]")


def clean(body: bytes, content_type: str) -> bytes:
    """Return a document as UTF-8 without declaration, DTD and characters that XML forbids.

    The DTD goes as a whole and unread, so that no entity is declared and none can grow or reach for a file.
    """
    text = CHARACTER.sub(_possible, ILLEGAL.sub("", decoded(body, content_type)))
    text = DECLARATION.sub("", text, count=1)
    return without_doctype(text).encode()


def _possible(reference: re.Match[str]) -> str:
    """Return a reference as it is, or nothing for a number that names no character: feedparser stumbles over it."""
    digits = reference[1]
    number = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
    return reference[0] if 0 < number < 0xD800 or 0xE000 <= number < 0x110000 else ""


def decoded(body: bytes, content_type: str) -> str:
    """Decode by byte order mark, else as UTF-8 if it is, else as HTTP or the document says (RFC 7303)."""
    for mark, encoding in BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    for start, encoding in UNMARKED:
        if body.startswith(start):
            return body.decode(encoding, "replace")
    told = _told(body, content_type)
    if told not in STATEFUL:
        try:
            return body.decode()
        except UnicodeDecodeError:
            pass
    if told in (None, "utf-8", "ascii"):
        return body.decode("utf-8", "surrogateescape").translate(STRAY)
    return body.decode(told, "replace")


def without_doctype(text: str) -> str:
    """Cut the document type declaration that stands before the first element, and whatever is before a second."""
    for _ in range(2):
        found = DOCTYPE.search(text, 0, _first_element(text))
        if found is None:
            return text
        text = text[: found.start()] + text[_doctype_end(text, found.end()) :]
    return text if DOCTYPE.search(text, 0, _first_element(text)) is None else ""


def _first_element(text: str) -> int:
    found = ELEMENT.search(text)
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


def _told(body: bytes, content_type: str) -> str | None:
    """Return the encoding that HTTP or else the document names, if it is one we read."""
    for found in (CHARSET.search(content_type.encode("ascii", "replace")), DECLARED.search(body[:SNIFFED])):
        if found is None:
            continue
        try:
            name = codecs.lookup(found[1].decode()).name
        except LookupError:
            continue
        if name in KNOWN:
            return "cp1252" if name in ("iso8859-1", "ascii") else name
    return None
