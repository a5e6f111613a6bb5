"""What a subscriber may choose beside address, filter and sending: verification, exits, repeats, early articles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

Verify = Literal["test", "challenge"]
"""A signed event answered with 2xx, or one whose challenge comes back in the answer."""

Promise = Literal["at-least-once", "at-most-once"]
"""Sent again until it is taken, or never again once it may have been."""

TAKES_BACK = ("article.retracted", "article.withdrawn")
"""Types of events that must arrive: they say that what went out before is not to be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """A subscriber's choices; the defaults are what the smallest request gets."""

    verify: Verify | None = None
    exit_notices: bool = True
    delivery: Promise = "at-least-once"
    embargoed: bool = False
    """Whether articles are wanted ahead of their release; who is trusted with them is the operator's to say."""

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        """Read them from their stored form."""
        return cls(**stored)

    def once(self, type: str) -> bool:
        """Tell whether an event of this type is never sent again once it may have arrived; what takes back is."""
        return self.delivery == "at-most-once" and type not in TAKES_BACK

    def public(self) -> dict[str, Any]:
        """Return them as they are stored and shown."""
        return asdict(self)


CHOICES = Choices()
CHOSEN = frozenset(CHOICES.public())
