"""Whether a receiver is there and willing: the signed message that asks, and what an answer to it proves; pure."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

import orjson

from services.syndication.webhooks.choices import Verify
from services.syndication.webhooks.deliver import Delivered, Outcome
from shared.events import to_json

TYPE = "subscription.verification"

WAITS = (5.0, 30.0, 300.0, 1800.0, 7200.0, 21_600.0, 43_200.0)
"""Seconds to the next try: time enough, within a day, to put the secret where the receiver finds it."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a try came to; `reason` is None once the receiver is proven."""

    status: int | None
    reason: str | None
    ms: float

    @property
    def holds(self) -> bool:
        """Tell whether content may follow."""
        return self.reason is None


def verification_body(subscription: str, kind: Verify, challenge: str, timestamp: str) -> bytes:
    """Return the message's body; only who is asked for it gets a challenge."""
    data = {"subscription": subscription, **({"challenge": challenge} if kind == "challenge" else {})}
    return to_json({"type": TYPE, "timestamp": timestamp, "data": data})


def proof(kind: Verify, challenge: str, outcome: Outcome) -> Proof:
    """Return what an outcome proves: any 2xx for a test, for a challenge one that repeats it."""
    if not isinstance(outcome, Delivered):
        return Proof(outcome.status, outcome.reason, outcome.ms)
    wrong = None if kind == "test" or repeats(outcome.body, challenge) else "the answer does not repeat the challenge"
    return Proof(outcome.status, wrong, outcome.ms)


def repeats(body: bytes, challenge: str) -> bool:
    """Tell whether an answer is the challenge, as text or as `{"challenge": …}`."""
    text = body.strip()
    if text.startswith(b"{"):
        try:
            found = orjson.loads(text)
        except ValueError:
            return False
        text = str(found.get("challenge")).encode()
    return hmac.compare_digest(text, challenge.encode())


def wait_after(tries: int) -> float | None:
    """Return the seconds until the next try, None after the last."""
    return WAITS[tries - 1] if 0 < tries <= len(WAITS) else None
