"""The words that tell an article from others on its subject: its names and what it repeats."""

from __future__ import annotations

import re
from collections import Counter
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
SPACED = {code: " " for code in range(128) if not (chr(code).isalnum() or chr(code) in "_'-")}
INNER = "'-_0123456789"
"""What stands within a word, and begins none."""


def telling(headline: str, text: str) -> bytes:
    """Return 12 big-endian numbers of two bytes, each a hash of a word, 0 where there are fewer words."""
    counts = Counter(_words(text[:READ]) + TITLE * _words(headline[:READ]))
    weights: dict[str, int] = {}
    for word, count in counts.items():
        low = word if word.islower() else word.lower()
        if low != word and low not in counts:  # else it opened a sentence
            weights[low] = weights.get(low, 0) - NAME * count
        elif len(word) > 3:  # a short one says nothing
            weights[low] = weights.get(low, 0) - count
    best = sorted(zip(weights.values(), weights, strict=True))[:WORDS]
    hashes = [_hashed(word) for _, word in best] + [NOTHING] * (WORDS - len(best))
    return b"".join(each.to_bytes(2, "big") for each in hashes)


def _words(text: str) -> list[str]:
    text = folded(text)
    if not text.isascii():
        return WORD.findall(text)
    words = text.translate(SPACED).split()
    return [word if word[0].isalpha() else word.lstrip(INNER) for word in words if 2 < len(word) <= LONGEST]


def _hashed(word: str) -> int:
    return crc32(word.encode("utf-8", "replace")) % 0xFFFF + 1
