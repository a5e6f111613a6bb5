"""Bytes to text as browsers decode them; what the text says is left to others."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass

SNIFFED = 1024
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
UNMARKED = (
    (re.compile(rb"\s*<\0\0\0"), "utf-32-le"),
    (re.compile(rb"\0\0\0<"), "utf-32-be"),
    (re.compile(rb"(?:\s\0)*[<{]\0"), "utf-16-le"),
    (re.compile(rb"(?:\0\s)*\0[<{]"), "utf-16-be"),
)
"""How a document begins without a byte order mark (XML 1.0 appendix F)."""

KNOWN = frozenset(
    "utf-8 cp1252 iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-10 iso8859-13 "
    "iso8859-14 iso8859-15 iso8859-16 cp866 cp874 cp1250 cp1251 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 koi8-r "
    "koi8-u mac-roman mac-cyrillic gb18030 big5hkscs euc_jp cp932 cp949 iso2022_jp utf-16-le utf-16-be".split()
)
"""Encodings that browsers read (Encoding standard); others of Python's, such as punycode, can be made to hang."""

AS_BROWSERS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "utf-16": "utf-16-le",
}
"""What a name of Python's means in the Encoding standard, where that is more than the name says."""

LABELS = {
    "x-cp1250": "cp1250",
    "x-cp1251": "cp1251",
    "x-cp1252": "cp1252",
    "x-cp1253": "cp1253",
    "x-cp1254": "cp1254",
    "x-cp1255": "cp1255",
    "x-cp1256": "cp1256",
    "x-cp1257": "cp1257",
    "x-cp1258": "cp1258",
    "x-ansi": "cp1252",
    "ansi": "cp1252",
    "dos-874": "cp874",
    "koi": "koi8-r",
    "koi8": "koi8-r",
    "koi8-ru": "koi8-u",
    "x-mac-roman": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
    "x-mac-ukrainian": "mac-cyrillic",
    "iso-8859-8-e": "iso8859-8",
    "iso-8859-8-i": "iso8859-8",
    "logical": "iso8859-8",
    "visual": "iso8859-8",
    "sun_eu_greek": "iso8859-7",
    "unicode-1-1-utf-8": "utf-8",
    "x-unicode20utf8": "utf-8",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "ms932": "cp932",
    "x-euc-jp": "euc_jp",
    "windows-949": "cp949",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601-1989": "cp949",
    "csksc56011987": "cp949",
    "x-gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "csiso58gb231280": "gb18030",
    "cn-big5": "big5hkscs",
    "x-x-big5": "big5hkscs",
}
"""Labels of the Encoding standard that Python does not know, or knows otherwise."""

STATEFUL = frozenset({"iso2022_jp"})
"""Encodings whose text is valid UTF-8 as well and means something else."""

WIDE = frozenset({"utf-16-le", "utf-16-be"})
CHARSET = re.compile(rb"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]{2,40})[\"']")
BEYOND_ASCII, STRAYS = re.compile("[^\x00-\x7f]+"), re.compile("[\udc80-\udcff]+")
UNNAMED = (0x81, 0x8D, 0x8F, 0x90, 0x9D)
WINDOWS = {
    byte: bytes([byte]).decode("cp1252", "replace") if byte not in UNNAMED else "" for byte in range(0x80, 0x100)
}
"""The characters of Windows' Western bytes; a few bytes have none."""

STRAY = {0xDC00 + byte: character for byte, character in WINDOWS.items()}
"""What a byte that is no UTF-8 was meant to be: feeds mix Windows text into UTF-8."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A document's text; `data` is the same as UTF-8, and `faithful` is False where bytes had to be guessed at."""

    text: str
    data: bytes
    faithful: bool = True


def decoded(body: bytes, content_type: str = "") -> Decoded:
    """Decode by byte order mark, else as UTF-8 if it is, else as HTTP or the document says (RFC 7303)."""
    for mark, encoding in BOMS:
        if body.startswith(mark):
            return _utf_8(body[len(mark) :]) if encoding == "utf-8" else _wide(body[len(mark) :], encoding)
    for start, encoding in UNMARKED:
        if start.match(body, 0, SNIFFED):
            return _wide(body, encoding)
    told = _told(body, content_type)
    if told in STATEFUL or (told in WIDE and b"\0" in body[:SNIFFED]):
        return _wide(body, told or "")
    if told == "utf-8":
        return _utf_8(body, lambda text: _declared(body) if _mostly_stray(text) else None)
    return _utf_8(body, lambda _: None if told in WIDE else told)


def says_utf_8(body: bytes, content_type: str) -> bool:
    """Tell whether all that is said of a document's encoding is that it is UTF-8."""
    return (body[:1].isascii() and _told(body, content_type) in (None, "utf-8")) or body.startswith(codecs.BOM_UTF8)


def encoding_named(label: str) -> str | None:
    """Return Python's name of the encoding that browsers take a label for, or None for one they do not read."""
    label = label.strip().lower()
    name = LABELS.get(label)
    if name is None:
        try:
            name = codecs.lookup(label).name
        except LookupError:
            return None
    name = AS_BROWSERS.get(name, name)
    return name if name in KNOWN else None


def _utf_8(body: bytes, instead: Callable[[str], str | None] = lambda _: None) -> Decoded:
    """Decode as UTF-8; what is none of it as `instead` says of the text with its stray bytes, else one by one."""
    try:
        return Decoded(body.decode(), body)
    except UnicodeDecodeError:
        text = body.decode("utf-8", "surrogateescape")
    encoding = instead(text)
    if encoding is not None:
        return _wide(body, encoding)
    text = text.translate(STRAY)
    return Decoded(text, text.encode(), faithful=False)


def _mostly_stray(text: str) -> bool:
    """Tell whether more bytes than characters are beyond ASCII: one stray may be where a character was cut."""
    beyond = sum(len(run) for run in BEYOND_ASCII.findall(text))
    return 2 * sum(len(run) for run in STRAYS.findall(text)) > beyond


def _wide(body: bytes, encoding: str) -> Decoded:
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError:
        text = body.decode(encoding, "replace")
        return Decoded(text, text.encode("utf-8", "replace"), faithful=False)
    return Decoded(text, text.encode("utf-8", "replace"))


def _told(body: bytes, content_type: str) -> str | None:
    """Return the encoding that HTTP or else the document names, if it is one we read."""
    return _named(CHARSET.search(content_type.encode("ascii", "replace"))) or _named(DECLARED.search(body[:SNIFFED]))


def _declared(body: bytes) -> str | None:
    """Return what a document calls itself, unless that is UTF-8 again; Western bytes are mended one by one."""
    name = _named(DECLARED.search(body[:SNIFFED]))
    return None if name in WIDE or name in ("utf-8", "cp1252") else name


def _named(found: re.Match[bytes] | None) -> str | None:
    return None if found is None else encoding_named(found[1].decode())
