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

SPACES = "\t\n\v\f\r\x1c\x1d\x1e\x1f"
"""What ASCII has of space besides the blank, as `str.split` takes it."""

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
    parts = SAFE_TAG.split(safe)
    if not APART.isdisjoint(parts[1::2]):
        parts = _own(parts)
    parts[1::2] = [SIGNS.get(name, "") for name in parts[1::2]]
    text = unescaped("".join(parts))
    lines = str.strip if _is_folded(text) else _lines
    return "\n\n".join([own for block in text.split(BLOCK) if block and (own := lines(block))])


def _is_folded(text: str) -> bool:
    """Tell whether a text is ASCII and holds no space but single blanks, so that blocks have nothing to fold."""
    return text.isascii() and "  " not in text and BREAK not in text and not any(map(text.__contains__, SPACES))


def _own(parts: list[str]) -> list[str]:
    """Empty the texts that stand within elements that are not the story's own."""
    own, depth = parts[:1], 0
    for name, text in zip(parts[1::2], parts[2::2], strict=True):
        if name in APART:
            depth += 1
        elif depth and name[1:] in APART:
            depth -= 1
        own += (name, "" if depth else text)
    return own


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
