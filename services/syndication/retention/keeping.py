"""What is to be kept: by the operator's settings, and for those who have not got it yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.syndication.ledger import Head

GRACE = timedelta(days=7)
"""So much longer is kept what some subscription has still to get: retries go on for three days."""


@dataclass(frozen=True, slots=True)
class Keep:
    """How long, and how many: 0 for no limit of that kind."""

    days: int = 0
    articles: int = 0

    @property
    def everything(self) -> bool:
        """Tell whether nothing is ever let go of."""
        return not (self.days or self.articles)


def too_old(keep: Keep, oldest: Sequence[tuple[str, Head]], count: int, now: datetime) -> list[tuple[str, Head]]:
    """Return those of the oldest of `count` articles that need not be kept, oldest first."""
    before = (now - timedelta(days=keep.days)).timestamp() * 1000 if keep.days else 0.0
    beyond = count - keep.articles if keep.articles else 0
    return [one for at, one in enumerate(oldest) if at < beyond or one[1].ms < before]


def awaited(doomed: Sequence[tuple[str, Head]], first: int, now: datetime) -> list[tuple[str, Head]]:
    """Return what may be let go of now, when what comes from number `first` on has still to be delivered."""
    before = (now - GRACE).timestamp() * 1000
    return [one for one in doomed if one[1].seq < first or one[1].ms < before]
