"""What the likeness of an article to earlier ones makes of it: a copy, a revision, or a story of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.enrichment.duplicates.signature import LANES

SAME = 0.8
"""Likeness (Jaccard, on runs of three words) from which a story is the same one."""
ALIKE = 0.4
HELD = 0.8
"""Share of the shorter text that the longer one holds, from which one was made of the other."""
BEGUN = 0.6
"""The same share where the two begin alike too: what the lanes tell of texts of unlike length is a rough guess."""
FAINT = 0.15
"""Likeness below which that share cannot be told from 96 lanes: it would be mostly chance."""

CHANCE = 1 / 256
"""How often the lanes of unlike texts are equal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An earlier article that shares a band: equal lanes, equal bands of the beginning, size, and whose copy it is."""

    id: str
    equal: int
    begins: int = 0
    size: int
    exact: bool
    duplicate_of: str | None = None
    revision_of: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whose copy or revision an article is (one of them at most), and every earlier article it is near to."""

    duplicate_of: str | None = None
    revision_of: str | None = None
    near: frozenset[str] = frozenset()


NONE = Verdict()


def judged(id: str, size: int, found: Sequence[Found]) -> Verdict:
    """Return what an article of `size` runs is, given what was found, oldest first.

    Of several the likest counts, of equals the oldest. What is itself a copy or revision of `id` counts for nothing,
    or two versions of one story would point at each other.
    """
    others = [each for each in found if id not in (each.id, each.duplicate_of, each.revision_of)]
    near = [each for each in others if is_near(size, each)]
    if not near:
        return NONE
    best = max(near, key=lambda each: (each.equal, each.exact))
    ids = frozenset(name for each in near for name in (each.id, each.duplicate_of, each.revision_of) if name)
    if likeness(best.equal) >= SAME:
        return Verdict(duplicate_of=best.duplicate_of or best.id, near=ids)
    return Verdict(revision_of=best.duplicate_of or best.id, near=ids)


def is_near(size: int, found: Found) -> bool:
    """Tell whether two texts are alike, one holds most of the other, or they begin the same under one headline."""
    alike = likeness(found.equal)
    least = BEGUN if found.begins else HELD
    return found.exact or alike >= ALIKE or (alike >= FAINT and containment(alike, size, found.size) >= least)


def likeness(equal: int) -> float:
    """Return the Jaccard likeness that so many equal lanes speak for, chance taken off."""
    return max(0.0, (equal / LANES - CHANCE) / (1 - CHANCE))


def containment(alike: float, one: int, other: int) -> float:
    """Return the share of the smaller of two sets that both have, by their sizes and likeness."""
    return alike / (1 + alike) * (one + other) / max(1, min(one, other))
