"""The text of HTML that nh3 wrote: blocks apart by a blank line, line breaks kept, pictures and cards left out."""

from __future__ import annotations

import re

APART = frozenset({"aside", "audio", "figure", "footer", "video"})
"""Elements that are not the story's own text: pictures, related cards, author boxes."""

BLOCKS = frozenset(
    "blockquote caption dd details div dl dt figcaption h1 h2 h3 h4 h5 h6 hr li ol p pre section summary "
    "table tr ul".split()
)
BLOCK, BREAK = "\x01", "\x02"
"""Marks in a text: control characters, of which a sanitised body holds none, and an ASCII text stays one."""

SIGNS = {
    **{edge + name: BLOCK for name in (*BLOCKS, *APART) for edge in ("", "/")},
    "br": BREAK,
    "/td": " ",
    "/th": " ",
}
"""What a tag puts between the texts on its sides; most put nothing there."""

SAFE_TAG = re.compile(r"<(/?[a-z0-9]+)[^>]*>")
"""A tag as nh3 writes it: `>` in a quoted value and `<` in text are character references."""


def text_of(safe: str) -> str:
    """Join the own text of a sanitised body: blocks apart by a blank line, line breaks kept, other space folded.

    It is cut at its tags, not parsed again: what nh3 writes is well-formed, and has four character references.
    """
    first, *rest = SAFE_TAG.split(safe)
    parts, depth = [first], 0
    for name, text in zip(rest[::2], rest[1::2], strict=True):
        parts.append(SIGNS.get(name, ""))
        if name in APART:
            depth += 1
        elif depth and name[1:] in APART:
            depth -= 1
        if not depth:
            parts.append(text)
    blocks = unescaped("".join(parts)).split(BLOCK)
    return "\n\n".join(text for block in blocks if (text := _lines(block)))


def unescaped(text: str) -> str:
    """Write out the four character references that nh3 writes."""
    if "&" not in text:
        return text
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", "\xa0").replace("&amp;", "&")


def _lines(block: str) -> str:
    if block.isprintable() and "  " not in block:  # no space but single blanks, so nothing to fold
        return block.strip()
    if BREAK not in block:
        return " ".join(block.split())
    return "\n".join(" ".join(line.split()) for line in block.split(BREAK)).strip()
