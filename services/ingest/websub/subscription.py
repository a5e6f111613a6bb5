"""One subscription as it is stored, and what becomes of it; asking hubs and keeping it are left to others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from services.ingest.cms.values import document
from shared.events import to_json
from shared.numbers import whole

State = Literal["asking", "active", "denied", "leaving"]

LEASE_SECONDS = 10 * 86_400
LONGEST_LEASE = 60 * 86_400.0
SOONEST_RENEWAL = 300.0
ASKED_SECONDS = 86_400.0
"""How long a hub may take to verify what we asked it for."""

PUSHED_SECONDS = 86_400.0
"""For how long a push is a sign that the next ones will come too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A topic at one of its hubs. Moments are seconds since 1970, 0 when there is none.

    `token` makes the callback unguessable, `secret` signs what is pushed; neither is logged. `at` says which of the
    hubs is asked, `asked_at` when it was last, `lease_until` how long it has agreed to push.
    """

    hubs: tuple[str, ...]
    topic: str
    token: str
    secret: str
    state: State = "asking"
    at: int = 0
    asked_at: float = 0.0
    lease_until: float = 0.0
    failures: int = 0

    @property
    def hub(self) -> str:
        """The hub that is asked."""
        return self.hubs[self.at % len(self.hubs)]

    def write(self) -> dict[str, str]:
        """Return the fields it is stored as."""
        return {
            "hubs": to_json(self.hubs).decode(),
            "topic": self.topic,
            "token": self.token,
            "secret": self.secret,
            "state": self.state,
        }

    @classmethod
    def read(cls, fields: Mapping[str, str]) -> Subscription | None:
        """Build it from stored fields, None when there are none."""
        hubs = document(fields.get("hubs", "").encode())
        if not isinstance(hubs, list) or not hubs:
            return None
        state: State = next((state for state in STATES if state == fields.get("state")), "asking")
        return cls(
            hubs=tuple(str(hub) for hub in hubs),
            topic=fields["topic"],
            token=fields["token"],
            secret=fields["secret"],
            state=state,
            at=int(fields.get("at") or 0),
            asked_at=float(fields.get("asked_at") or 0),
            lease_until=float(fields.get("lease_until") or 0),
            failures=int(fields.get("failures") or 0),
        )


STATES: tuple[State, ...] = ("asking", "active", "denied", "leaving")


@dataclass(frozen=True, slots=True)
class Leased:
    """How long a hub has agreed to push, and when to ask it again."""

    until: float
    renew_at: float


def leased(lease_seconds: str | None, now: float) -> Leased:
    """Return what a hub's `hub.lease_seconds` comes to; renewed at half of it."""
    told = whole(lease_seconds or "", 10**11)
    seconds = min(float(LEASE_SECONDS if told is None else told), LONGEST_LEASE)
    return Leased(now + seconds, now + max(seconds / 2, SOONEST_RENEWAL))


def healthy_until(subscription: Subscription, now: float) -> float:
    """Return until when pushes are to be counted on after one just came; 0 when the hub agreed to nothing."""
    until = min(subscription.lease_until, now + PUSHED_SECONDS)
    return until if until > now else 0.0


def verifies(subscription: Subscription, mode: str, topic: str, now: float) -> bool:
    """Tell whether a hub's question is about what we asked for, and not too long ago."""
    wanted = {"subscribe": ("asking", "active"), "unsubscribe": ("leaving",)}.get(mode, ())
    asked = 0 <= now - subscription.asked_at <= ASKED_SECONDS
    return asked and topic == subscription.topic and subscription.state in wanted
