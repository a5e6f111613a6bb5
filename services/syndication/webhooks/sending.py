"""How one receiver wants its messages sent: what signs them, and what of it is kept sealed; sends nothing itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

Signing = Literal["v1", "v1a", "both"]
"""By the subscription's secret (HMAC-SHA256), by the publisher's key (ed25519), or by both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """What the API shows of it."""

    signing: Signing = "v1"

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        """Read it from its stored form."""
        return cls(**stored)

    def public(self) -> dict[str, Any]:
        """Return it as it is stored and shown."""
        return asdict(self)


PLAIN = Sending()


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What the receiver asks of a sender, and nobody else may see."""

    headers: tuple[tuple[str, str], ...] = ()

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        """Read them from their stored form."""
        return cls(headers=tuple((name, value) for name, value in stored["headers"]))

    def public(self) -> dict[str, Any]:
        """Return what the API shows: of headers the names."""
        return {"headers": [name for name, _ in self.headers]}


NONE = Credentials()
