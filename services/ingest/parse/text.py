"""Plain words out of what may be text, HTML, or HTML escaped twice; which field they are for is left to the readers."""

from __future__ import annotations

import html
import re
from html.entities import html5

import nh3

from services.ingest.parse.repair import numbered
from services.ingest.submission import printable

KNOWN = frozenset(
    "a abbr acronym address article aside b bdi bdo big blockquote br center cite code dd del details dfn div dl dt em "
    "figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li mark main nav o:p ol p picture pre q "
    "rp rt ruby s samp section small source span strike strong sub summary sup table tbody td tfoot th thead time tr "
    "tt u ul var wbr".split()
)
"""Elements that words are marked up with; what looks like another tag is taken for the words themselves."""

DROPPED = frozenset({"script", "style"})
TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:-]{0,30})(?=[\s/>])|<!--")
BREAKS = re.compile(
    r"<(?=/?(?:p|div|br|li|ul|ol|h[1-6]|tr|td|th|table|dd|dt|hr|blockquote|figure|figcaption|section)\b)", re.IGNORECASE
)
REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|([A-Za-z][A-Za-z0-9]{1,31}));")
NUMBER = re.compile(r"&#(?:([0-9]{1,9})|[xX]([0-9a-fA-F]{1,8})|\w{0,400});")
ESCAPED_TAG = re.compile(
    r"&lt;/?(?:p|div|a|br|img|b|i|em|strong|span|ul|ol|li|h[1-6]|table|figure|blockquote)\b", re.IGNORECASE
)


def plain(value: str | None) -> str | None:
    """Return a text without markup and with its white space folded, or None when nothing is left."""
    if not value:
        return None
    if "<" in value or "&" in value:
        value = words(value)
    return folded(value) or None


def folded(value: str) -> str:
    """Return a text without what XML cannot carry, one blank for each run of white space and none at its ends."""
    if value.isprintable() and "  " not in value:  # the blank is the only white space that is printable
        return value.strip(" ")
    return " ".join(printable(value).split())


def literal(value: str | None) -> str | None:
    """Return a text that was said to be plain; it is taken for HTML only when it cannot be anything else."""
    if value and "<" in value and not TAG.search(value) and not REFERENCE.search(value):
        return folded(value) or None
    return plain(value)


def words(value: str) -> str:
    """Return what a reader sees of a text that may be HTML."""
    if "&#" in value:
        value = NUMBER.sub(_character, value)
    if "<" not in value or not is_markup(value):
        return _unescaped(value)
    return html.unescape(nh3.clean(BREAKS.sub(" <", value), tags=set()))


def is_markup(value: str) -> bool:
    """Tell whether every tag of a text is one of HTML's; `vector<int>` and a lone `<script>` are words."""
    tags = [(end, name.lower()) for end, name in TAG.findall(value)]
    closed = {name for end, name in tags if end}
    return bool(tags) and all(not name or name in KNOWN or (name in DROPPED and name in closed) for _, name in tags)


def unescaped_once_more(markup: str) -> str:
    """Return HTML that was escaped once too often as HTML, and any other as it is."""
    if "<" not in markup and ESCAPED_TAG.search(markup):
        return html.unescape(markup)
    return markup


def paragraphs(text: str) -> str:
    """Return a plain text as HTML: a blank line parts paragraphs, a line's end breaks the line."""
    blocks = re.split(r"\n[ \t]*\n\s*", text.strip().replace("\r\n", "\n"))
    return "".join(f"<p>{html.escape(block, quote=False).replace(chr(10), '<br>')}</p>" for block in blocks if block)


def _character(found: re.Match[str]) -> str:
    """Return a character by its number, nothing for a number that names none."""
    digits = found[1] or found[2]
    return numbered(int(digits, 10 if found[1] else 16)) if digits else ""


def _unescaped(value: str) -> str:
    """Resolve references, twice where the first round leaves some (`&amp;eacute;`)."""
    once = html.unescape(value) if "&" in value else value
    if "&" in once and any(not name or f"{name};" in html5 for name in REFERENCE.findall(once)):
        return html.unescape(once)
    return once
