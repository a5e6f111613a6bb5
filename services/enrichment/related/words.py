"""The words that tell an article from others on its subject: its names and what it repeats."""

from __future__ import annotations

import re
from collections import Counter
from heapq import nsmallest
from typing import Final
from zlib import crc32

WORDS: Final = 12
"""So many words of two bytes each are kept of an article: 16 or 24 found hardly more."""

READ = 1_500
"""Code points of the body that are read: who and what a story is about stands at its beginning."""

NAME, TITLE = 3, 3
"""A name counts as often as three other words; so does what stands in the headline."""

NOTHING = 0
WORD = re.compile(r"[^\W\d_][\w'’-]{2,39}")


def telling(headline: str, text: str) -> bytes:
    """Return 12 big-endian numbers of two bytes, each a hash of a word, 0 where there are fewer words."""
    counts = Counter(WORD.findall(text[:READ]) + TITLE * WORD.findall(headline[:READ]))
    weights: dict[str, int] = {}
    for word, count in counts.items():
        low = word.lower()
        if low == word:  # a short one says nothing
            if len(word) > 3:
                weights[low] = weights.get(low, 0) - count
        elif low not in counts:  # else it opened a sentence
            weights[low] = weights.get(low, 0) - NAME * count
        elif len(word) > 3:
            weights[low] = weights.get(low, 0) - count
    best = nsmallest(WORDS, zip(weights.values(), weights, strict=True))
    hashes = [_hashed(word) for _, word in best] + [NOTHING] * (WORDS - len(best))
    return b"".join(each.to_bytes(2, "big") for each in hashes)


def _hashed(word: str) -> int:
    return crc32(word.encode("utf-8", "replace")) % 0xFFFF + 1
