"""What a subscriber may choose beside address, filter and sending: verification, exits, repeats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

Verify = Literal["test", "challenge"]
"""A signed event answered with 2xx, or one whose challenge comes back in the answer."""

Promise = Literal["at-least-once", "at-most-once"]
"""Sent again until it is taken, or never again once it may have been."""

RETRACTED = "article.retracted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """A subscriber's choices; the defaults are what the smallest request gets."""

    verify: Verify | None = None
    exit_notices: bool = True
    delivery: Promise = "at-least-once"

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        """Read them from their stored form."""
        return cls(**stored)

    def once(self, type: str) -> bool:
        """Tell whether an event of this type is never sent again once it may have arrived; a retraction always is."""
        return self.delivery == "at-most-once" and type != RETRACTED

    def public(self) -> dict[str, Any]:
        """Return them as they are stored and shown."""
        return asdict(self)


CHOICES = Choices()
