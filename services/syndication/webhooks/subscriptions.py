"""What one receiver asked for, its secrets, its forms in storage and over the API; input is checked elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import orjson

from services.syndication.webhooks.pacing import PACING, Pacing, read_pacing
from services.syndication.webhooks.sign import key_of
from shared.retry import STANDARD, Schedule

Status = Literal["active", "disabled", "paused"]
"""What is due waits while disabled (the receiver said 410 Gone) or paused (its owner asked), and flows again after."""

HealthType = Literal["subscription.failing", "subscription.disabled", "subscription.recovered", "subscription.*"]
"""What may be asked for besides the types of articles' events, and is sent to nobody who did not ask for it."""

OVERLAP_SECONDS = 86_400
"""For so long a secret signs beside the one that replaced it."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A `whsec_` secret; `until` is the Unix time at which it stops signing, None for the current one."""

    text: str
    until: float | None = None


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """One receiver; `number` is small and never given twice, `types` None means every type."""

    id: str
    number: int
    url: str
    filter: str = ""
    types: tuple[str, ...] | None = None
    description: str = ""
    owner: str | None = None
    created_at: str
    secrets: tuple[Secret, ...]
    headers: tuple[tuple[str, str], ...] = ()
    schedule: Schedule = STANDARD
    pacing: Pacing = PACING
    status: Status = "active"
    reason: str | None = None

    @cached_property
    def _keys(self) -> tuple[tuple[bytes, float | None], ...]:
        return tuple((key_of(secret.text), secret.until) for secret in self.secrets)

    def wants(self, type: str) -> bool:
        """Tell whether it asked for messages of a type."""
        health = type.startswith("subscription.")
        if self.types is None:
            return not health
        return type in self.types or (health and "subscription.*" in self.types)

    def keys(self, now: float) -> list[bytes]:
        """Return the keys that sign at Unix time `now`, the current one first."""
        return [key for key, until in self._keys if until is None or now < until]

    def rotated(self, secret: str, now: float) -> tuple[Secret, ...]:
        """Return the secrets after a rotation: the new one, and those before it while they overlap."""
        before = [Secret(old.text, now + OVERLAP_SECONDS if old.until is None else old.until) for old in self.secrets]
        return Secret(secret), *(old for old in before if old.until is not None and now < old.until)

    def public(self, *, secret: bool = False) -> dict[str, Any]:
        """Return what the API shows; header values stay hidden, the secret too unless asked for."""
        shown: dict[str, Any] = {
            "id": self.id,
            "url": self.url,
            "filter": self.filter,
            "types": self.types,
            "status": self.status,
            "reason": self.reason,
            "description": self.description,
            "owner": self.owner,
            "created_at": self.created_at,
            "headers": [name for name, _ in self.headers],
            "schedule": self.schedule,
            **self.pacing.public(),
        }
        return {**shown, "secret": self.secrets[0].text} if secret else shown


SETTINGS = ("url", "filter", "types", "description", "owner", "created_at", "headers", "schedule", "number")


def pack(subscription: Subscription) -> dict[str, str | bytes]:
    """Return the fields of the stored hash; those of the lanes are not among them."""
    settings = {name: getattr(subscription, name) for name in SETTINGS}
    return {
        "settings": orjson.dumps({**settings, "pacing": subscription.pacing.public()}),
        "limits": subscription.pacing.limits,
        "secrets": orjson.dumps([[secret.text, secret.until] for secret in subscription.secrets]),
        "status": subscription.status,
        "reason": subscription.reason or "",
    }


def unpack(id: str, fields: Mapping[bytes, bytes]) -> Subscription:
    """Read a subscription from its stored hash."""
    settings = orjson.loads(fields[b"settings"])
    types = settings.pop("types")
    return Subscription(
        **{
            **settings,
            "types": None if types is None else tuple(types),
            "headers": tuple((name, value) for name, value in settings["headers"]),
            "schedule": tuple(settings["schedule"]),
            "pacing": read_pacing(settings.get("pacing", {})),
        },
        id=id,
        secrets=tuple(Secret(text, until) for text, until in orjson.loads(fields[b"secrets"])),
        status=fields[b"status"].decode(),  # type: ignore[arg-type]  # only `pack` and the lane scripts write it
        reason=fields.get(b"reason", b"").decode() or None,
    )
