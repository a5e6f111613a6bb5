"""A text as bytes that are alike where texts are, 96 of the whole and 16 of its beginning: MinHash on runs of words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.enrichment.matching import folded
from shared.query.words import UNSPACED

LANES: Final = 96
"""24 bands of 4 lanes, as measured in reference/enrichment.md, section 4."""

BANDS: Final = 4
"""Bands of the beginning, of two least runs each: a story cut to a third shares few lanes, but begins as it did."""

LEAD = 60
"""Runs at the body's beginning that they are of: a dateline put in front changes a tenth of them."""

LONGEST = 100_000
"""Code points that are looked at; what comes after them tells no story from another."""

OPENING = 1_000
"""Code points of the body that the exact digest covers, with the headline."""

FEWEST = 20
"""Runs of three words below which a text says too little: two notices of a line each are no copies."""

_Words = NDArray[np.uint32]

LETTERS = bytes(code if chr(code).isascii() and chr(code).isalnum() else 0 for code in range(256))
"""ASCII with 0 for all that is in no word."""


@dataclass(frozen=True, slots=True)
class Signature:
    """96 lanes of a byte each, 4 bands of the beginning, how many runs differ, and 8 bytes for headline and opening."""

    lanes: bytes
    lead: bytes
    size: int
    exact: bytes


def signature(headline: str, text: str) -> Signature | None:
    """Return the signature of a story, or None when it is too short to be told from others.

    Case, punctuation and spacing make no difference; each letter of a script without spaces counts as a word. The
    same text has the same signature in every process and version: its format is part of the index's keys.
    """
    title = folded(headline[:OPENING].lower())
    words, starts = _words(f"{title}\n{folded(text[:LONGEST].lower())}"[: LONGEST + OPENING])
    first, last = np.searchsorted(starts, (len(title), len(title) + OPENING))
    runs = _runs(words[first:])
    if len(runs) < FEWEST:
        return None
    lanes, size = _lanes(runs)
    if size < FEWEST:
        return None
    return Signature(lanes, _lead(runs[:LEAD]), size, blake2b(words[:last].tobytes(), digest_size=8).digest())


def _words(text: str) -> tuple[_Words, NDArray[np.intp]]:
    """Return a hash of each word and where it starts; whole arrays at once, for words are many.

    The hash is a polynomial in an odd base modulo 2^32; dividing by the power at the word's start makes it the same
    wherever the word stands.
    """
    letters, starts = _plain(text) if text.isascii() else _any(text)
    if not len(starts):
        return np.zeros(0, np.uint32), starts
    powers, inverses = _powers()
    letters *= np.uint32(0x9E3779B1)
    letters ^= letters >> np.uint32(15)
    letters *= powers[: len(letters)]
    words: _Words = np.add.reduceat(letters, starts, dtype=np.uint32)
    words *= inverses[starts]
    return words, starts


def _plain(text: str) -> tuple[_Words, NDArray[np.intp]]:
    """Return the letters of an ASCII text, 0 for all else, and where words start."""
    codes = np.frombuffer(b"\0%b" % text.encode("ascii").translate(LETTERS), np.uint8)
    is_letter = codes != 0
    return codes[1:].astype(np.uint32), np.flatnonzero(is_letter[1:] > is_letter[:-1])


def _any(text: str) -> tuple[_Words, NDArray[np.intp]]:
    """Return the same of any text; code points past the first plane (emoji, mostly) count as no letters."""
    codes = np.minimum(np.frombuffer(text.encode("utf-32-le", "replace"), np.dtype("<u4")), np.uint32(0xFFFF))
    kinds = _kinds()[codes]
    before = np.empty_like(kinds)
    before[:1], before[1:] = 0, kinds[:-1]
    begins = kinds > before
    if kinds.max(initial=0) > 1:
        begins |= (kinds == 2) | ((before == 2) & (kinds == 1))
    return codes * (kinds > 0), np.flatnonzero(begins)


def _runs(words: _Words) -> _Words:
    """Return a hash of each three words in a row."""
    if len(words) < 3:
        return words[:0]
    runs = words[:-2] * np.uint32(0x9E3779B1)
    runs += words[1:-1]
    runs *= np.uint32(0x85EBCA77)
    runs ^= runs >> np.uint32(15)
    runs += words[2:]
    runs *= np.uint32(0xC2B2AE3D)
    runs ^= runs >> np.uint32(13)
    runs *= np.uint32(0x27D4EB2F)
    runs ^= runs >> np.uint32(16)
    return runs


def _lead(runs: _Words) -> bytes:
    """Return four bytes of two least runs for each band, each run under a permutation of its own."""
    least = np.multiply.outer(_factors(), runs).min(axis=1)
    mixed: _Words = (least[::2] * np.uint32(0x9E3779B1)) ^ (least[1::2] * np.uint32(0x85EBCA77))
    mixed ^= mixed >> np.uint32(15)
    return mixed.astype(">u4").tobytes()


def _lanes(runs: _Words) -> tuple[bytes, int]:
    """Return one byte of the least run of each lane, and how many different runs there are.

    One permutation cut into lanes costs a third of 96 permutations and estimates as well (Li, Owen and Zhang, 2012).
    A lane that got no run takes one from a lane that did, chosen by the lane's number alone (Shrivastava, 2017).
    """
    keys = ((runs >> np.uint32(16)) * np.uint32(LANES)) >> np.uint32(16)
    keys <<= np.uint32(25)
    keys |= runs & np.uint32(0x1FFFFFF)
    keys.sort()
    size = 1 + int(np.count_nonzero(keys[1:] != keys[:-1]))
    lanes = np.arange(LANES, dtype=np.uint32)
    least = keys[np.minimum(np.searchsorted(keys, lanes << np.uint32(25)), len(keys) - 1)]
    full = (least >> np.uint32(25)) == lanes
    if not full.all():
        lenders = _lenders()
        least = np.where(full, least, least[lenders[lanes, full[lenders].argmax(axis=1)]])
    return ((least * np.uint32(0x9E3779B1)) >> np.uint32(24)).astype(np.uint8).tobytes(), size


@cache
def _factors() -> _Words:
    """Return an odd factor for each permutation of the beginning's runs."""
    return (_geometric(0x01000193)[1 : 2 * BANDS + 1] * np.uint32(0xC2B2AE3D)) | np.uint32(1)


@cache
def _kinds() -> NDArray[np.uint8]:
    """For each code point of the first plane: 0 parts words, 1 is of a word, 2 is a word by itself."""
    unspaced = re.compile(f"[{UNSPACED}]")
    signs = map(chr, range(0x10000))
    return np.array([(1 + bool(unspaced.match(sign))) * sign.isalnum() for sign in signs], np.uint8)


@cache
def _powers() -> tuple[_Words, _Words]:
    """Return the powers of the base and of its inverse, modulo 2^32."""
    base = 0x01000193
    return _geometric(base), _geometric(pow(base, -1, 2**32))


def _geometric(factor: int) -> _Words:
    factors = np.full(LONGEST + OPENING, factor, np.uint32)
    factors[0] = 1
    return np.cumprod(factors, dtype=np.uint32)


@cache
def _lenders() -> NDArray[np.intp]:
    """Return, for each lane, the order in which it asks the others; written out, for numpy's generators may change."""
    mixed = np.arange(LANES * LANES, dtype=np.uint32).reshape(LANES, LANES)
    for factor, shift in ((0x9E3779B1, 15), (0x85EBCA77, 13), (0xC2B2AE3D, 16)):
        mixed = mixed * np.uint32(factor)
        mixed ^= mixed >> np.uint32(shift)
    return np.argsort(mixed, axis=1, kind="stable")
