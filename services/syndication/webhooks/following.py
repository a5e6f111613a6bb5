"""Which subscriptions, by number, an article went to, as bitmaps; who is told what is decided by the dispatcher."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


def bits(numbers: Iterable[int]) -> bytes:
    """Return a bitmap as SETBIT would write it: number 0 in the highest bit of the first byte."""
    given = [*numbers]
    found = bytearray(max(given, default=-1) // 8 + 1)
    for number in given:
        found[number // 8] |= 128 >> number % 8
    return bytes(found)


def has_bit(bitmap: bytes, number: int) -> bool:
    """Tell whether a bitmap has the bit of a number."""
    return number // 8 < len(bitmap) and bool(bitmap[number // 8] & 128 >> number % 8)


def numbers_of(bitmap: bytes) -> list[int]:
    """Return the numbers whose bits a bitmap has, rising."""
    return [at * 8 + bit for at, byte in enumerate(bitmap) if byte for bit in range(8) if byte & 128 >> bit]


@dataclass(frozen=True, slots=True)
class Followers:
    """Who got an article: those whose filter it still is, as far as they were told, and those it left."""

    inside: frozenset[int]
    left: frozenset[int]


def followers_of(carried: bytes | None, left: bytes | None) -> Followers:
    """Return an article's followers by the bitmaps of who got it, and of who was told that it left."""
    gone = frozenset(numbers_of(left or b""))
    return Followers(frozenset(numbers_of(carried or b"")) - gone, gone)
