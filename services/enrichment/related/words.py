"""The words that tell an article from others on its subject: its names and what it repeats."""

from __future__ import annotations

import re
from collections import Counter
from struct import pack
from typing import Final
from zlib import crc32

from services.enrichment.matching import folded

WORDS: Final = 12
"""So many words of two bytes each are kept of an article: 16 or 24 found hardly more."""

READ = 1_000
"""Code points of the body that are read: who and what a story is about stands at its beginning."""

NAME, TITLE = 3, 3
"""A name counts as often as three other words; so does what stands in the headline."""

NOTHING = 0
LONGEST = 40
WORD = re.compile(r"[^\W\d_][\w'-]{2,39}")
PLAIN = bytes(code if code < 128 and (chr(code).isalnum() or chr(code) in "_'-") else 0x20 for code in range(256))
"""ASCII with a blank for what is in no word: bytes are looked up faster than code points."""

INNER = "'-_0123456789"
"""What stands within a word, and begins none."""


def telling(headline: str, text: str) -> bytes:
    """Return 12 big-endian numbers of two bytes, each a hash of a word, 0 where there are fewer words."""
    counts = Counter(_words(text[:READ]))
    for word in _words(headline[:READ]):
        counts[word] += TITLE
    weights: dict[str, int] = {}
    for word, count in counts.items():
        if word.islower():
            if len(word) > 3:  # a short one says nothing
                weights[word] = weights.get(word, 0) - count
        elif (low := word.lower()) == word or low in counts:  # without letters, or it opened a sentence
            if len(word) > 3:
                weights[low] = weights.get(low, 0) - count
        else:
            weights[low] = weights.get(low, 0) - NAME * count
    # Twice sorted by what is at hand, not once by pairs that must be made and compared.
    best = sorted(sorted(weights), key=weights.__getitem__)[:WORDS]
    return pack(">12H", *map(_hashed, best), *[NOTHING] * (WORDS - len(best)))


def _words(text: str) -> list[str]:
    text = folded(text)
    if not text.isascii():
        return WORD.findall(text)
    words = text.encode("ascii").translate(PLAIN).decode("ascii").split()
    return [word.lstrip(INNER) if word[0] in INNER else word for word in words if 2 < len(word) <= LONGEST]


def _hashed(word: str) -> int:
    return crc32(word.encode("utf-8", "replace")) % 0xFFFF + 1
