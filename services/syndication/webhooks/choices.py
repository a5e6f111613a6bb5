"""What a subscriber may choose beside address, filter and sending: to be verified first, to be told of exits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

Verify = Literal["test", "challenge"]
"""A signed event answered with 2xx, or one whose challenge comes back in the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """A subscriber's choices; the defaults are what the smallest request gets."""

    verify: Verify | None = None
    exit_notices: bool = True

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        """Read them from their stored form."""
        return cls(**stored)

    def public(self) -> dict[str, Any]:
        """Return them as they are stored and shown."""
        return asdict(self)


CHOICES = Choices()
