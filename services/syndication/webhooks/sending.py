"""How one receiver wants its messages: what signs them, in which format, how much of the article; sends nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

from services.syndication.rights import least
from services.syndication.webhooks.cuts import WHOLE, Cut
from services.syndication.webhooks.formats import Format
from shared.events import Reuse

Signing = Literal["v1", "v1a", "both"]
"""By the subscription's secret (HMAC-SHA256), by the publisher's key (ed25519), or by both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """What the API shows of it."""

    signing: Signing = "v1"
    format: Format = "standard"
    cut: Cut = WHOLE

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        """Read it from its stored form; what is not there, or None, has its default."""
        fields = stored.get("fields")
        chosen = None if fields is None else tuple(fields)
        cut = Cut(stored.get("payload") or "full", chosen, stored.get("reuse") or "full")
        return cls(
            signing=stored.get("signing") or "v1",
            format=stored.get("format") or "standard",
            cut=WHOLE if cut == WHOLE else cut,  # one object, by which it is known at a glance
        )

    def changed(self, given: Mapping[str, Any]) -> Self:
        """Return it with what was given: a subset of what `public` shows."""
        return self.read({**self.public(), **given})

    def bounded(self, most: Reuse) -> Self:
        """Return it with no more of an article than `most`."""
        return self.changed({"reuse": least(self.cut.reuse, most)})

    def public(self) -> dict[str, Any]:
        """Return it as it is stored and shown."""
        return {
            "signing": self.signing,
            "format": self.format,
            "payload": self.cut.payload,
            "fields": self.cut.fields,
            "reuse": self.cut.reuse,
        }


SENT = frozenset(("signing", "format", "payload", "fields", "reuse"))
PLAIN = Sending()
