"""Reads whole numbers that strangers wrote; what they count is the caller's."""

from __future__ import annotations

LONGEST = 20
"""Digits: more than any number has that is taken here, and far fewer than int() refuses (4,301)."""


def whole(text: str, most: int) -> int | None:
    """Return the number that ASCII digits say, None for anything else, and for more than `most`.

    int() by itself takes signs, spaces, underscores and the digits of every script too, and raises for endless ones.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST):
        return None
    number = int(text)
    return number if number <= most else None
