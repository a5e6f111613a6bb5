"""Any text made safe to stand in XML and HTML: legal characters, escapes, dates, addresses."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import format_datetime
from html import escape, unescape
from urllib.parse import quote, urlsplit

from shared.times import rfc3339

ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""What XML 1.0 forbids (section 2.2) or discourages; feed validators warn of the C1 controls."""

MARKUP_LIKE = re.compile(r"<|&(?=[#A-Za-z0-9])")
"""What does not stand for itself in HTML, or only by mercy: `<`, and `&` where a character reference could begin."""

HALF_MARKUP = re.compile(r"<(?=[A-Za-z/!?])|&(?=(#?\w{1,32}))")
"""Where lenient readers see a tag or a reference, closed or not."""
GAP = "\u200b"
"""Zero width: what follows a `<` or `&` then begins no markup, and nobody sees a difference."""

BLANKS = re.compile("[ \t\n]+")
URL_SAFE = "%:/?#[]@!$&'()*+,;=-._~"
"""Reserved and unreserved characters of RFC 3986, and the percent sign: an encoded address stays as it is."""


def legal(text: str) -> str:
    """Return text without characters that XML cannot carry, its line ends as XML parsers report them."""
    # What is printable is legal, and asking takes half the time of searching.
    if text.replace("\n", "").isprintable():
        return text
    return ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def line(text: str | None) -> str:
    """Return text as one line of legal characters, not yet escaped; no-break spaces stay."""
    if not text:
        return ""
    if text.isprintable() and "  " not in text:
        return text.strip(" ")
    return BLANKS.sub(" ", legal(text)).strip(" ")


def cut(text: str, most: int) -> str:
    """Return a line of at most `most` code points: a longer one ends at a word, with an ellipsis."""
    if len(text) <= most:
        return text
    kept = text[:most]
    return f"{kept.rpartition(' ')[0] or kept[:-1]}…"


def content(text: str | None) -> str:
    """Return text as one escaped line for an element."""
    return escape(line(text), quote=False)


def words(text: str | None, *, quoted: bool = False) -> str:
    """Return plain text as one escaped line for an element, or a quoted attribute, that may be taken for HTML.

    Titles and names are plain text in RSS and Atom, yet many readers show them as markup: a headline about
    `<script>` must come out as those letters in either kind.
    """
    plain = line(text)
    if "<" in plain or "&" in plain:
        plain = HALF_MARKUP.sub(_apart, plain)
    return escape(plain, quote=quoted)


def _apart(found: re.Match[str]) -> str:
    # As HTML reads it: closed or not, and by its beginning too, as in Q&notes.
    harmless = found[1] is not None and unescape(f"&{found[1]};") == f"&{found[1]};"
    return found[0] if harmless else found[0] + GAP


def prose(text: str) -> str:
    """Return plain text as one line for an element that RSS defines as HTML, such as description.

    Only what would be taken for markup is escaped twice, so that readers of either kind show the text.
    """
    plain = MARKUP_LIKE.sub(lambda found: escape(found[0]), line(text))
    return escape(plain, quote=False)


def attribute(text: str | None) -> str:
    """Return text as one escaped line for a quoted attribute."""
    return escape(line(text), quote=True)


def cdata(markup: str) -> str:
    """Return markup as CDATA; an end mark inside it is cut between two sections (XML 1.0 section 2.7)."""
    return f"<![CDATA[{legal(markup).replace(']]>', ']]]]><![CDATA[>')}]]>"


def rfc822(moment: datetime) -> str:
    """Write a UTC moment as RSS does: `Thu, 22 Jan 2026 15:40:00 GMT`; also an HTTP date (RFC 9110)."""
    return format_datetime(moment, usegmt=True)


def seconds(moment: datetime) -> str:
    """Write a moment to the second as RFC 3339, which is W3C-DTF too."""
    return rfc3339(moment.replace(microsecond=0))


def address(url: str | None) -> str | None:
    """Return a web address in RFC 3986 characters, or None where it is no absolute http or https address."""
    if not url:
        return None
    try:
        parts = urlsplit(legal(url).strip())
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return None
        if not parts.netloc.isascii():
            parts = parts._replace(netloc=_ascii(parts.netloc))
    except ValueError:  # UnicodeError is one: a host that no domain name can be
        return None
    return quote(parts.geturl(), safe=URL_SAFE)


def _ascii(netloc: str) -> str:
    user, at, place = netloc.rpartition("@")
    host, colon, port = place.partition(":")
    return f"{user}{at}{host.encode('idna').decode()}{colon}{port}"
