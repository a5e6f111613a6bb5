"""What becomes of a post that is not taken."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Passed:
    """A post that is not taken, and why, in words; `faulty` when it should have been, but cannot be."""

    id: str
    reason: str
    faulty: bool = False
