"""What a subscription's latest attempts say of its receiver: how many arrived, how fast; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Health:
    """Figures of some attempts; times in milliseconds, None where nothing was answered."""

    attempts: int
    arrived: int
    median: float | None
    slow: float | None
    longest: float | None

    @property
    def rate(self) -> float | None:
        """Return the percentage that arrived."""
        return round(100 * self.arrived / self.attempts, 1) if self.attempts else None

    @property
    def said(self) -> str:
        """Return it in a word."""
        if not self.attempts:
            return "nothing sent yet"
        if self.arrived == self.attempts:
            return "healthy"
        return "failing" if self.arrived == 0 else "troubled"


def health(attempts: Sequence[Mapping[str, Any]]) -> Health:
    """Return the figures of attempts as the log has them."""
    made = [one for one in attempts if one.get("outcome") != "dropped"]
    times = sorted(float(one["ms"]) for one in made if one.get("ms") is not None)
    return Health(
        attempts=len(made),
        arrived=sum(one["outcome"] == "delivered" for one in made),
        median=_at(times, 0.5),
        slow=_at(times, 0.95),
        longest=times[-1] if times else None,
    )


def _at(ordered: Sequence[float], share: float) -> float | None:
    """Return the value that a share of all do not exceed (nearest rank)."""
    return ordered[max(0, -(-int(len(ordered) * share * 100) // 100) - 1)] if ordered else None
