"""Says what is told of deliveries that were given up: at most once in a while for each subscription; tells nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from shared.events import to_json
from shared.times import now, rfc3339, rfc3339_of

TYPE = "subscription.exhausted"

EVERY_SECONDS = 600.0
"""Between two messages about one subscription, however many deliveries are given up."""


@dataclass(frozen=True, slots=True)
class Exhausted:
    """How many deliveries were given up since when, and when that was told before (Unix ms); the last of them."""

    count: int
    since: int
    told: int
    last: dict[str, Any]


def read_exhausted(stored: bytes | None) -> Exhausted | None:
    """Read what the lanes keep; None when there is nothing to tell."""
    if stored is None:
        return None
    kept = orjson.loads(stored)
    return Exhausted(int(kept["count"]), int(kept["since"]), int(kept["told"]), kept["last"]) if kept["count"] else None


def exhausted_message(told: dict[str, Any], exhausted: Exhausted) -> bytes:
    """Return the body of the webhook that tells of it; `told` is what is said of the subscription."""
    last = {**exhausted.last, "at": rfc3339_of(exhausted.last["at"])}
    data = {"subscription": told, "count": exhausted.count, "since": rfc3339_of(exhausted.since / 1000), "last": last}
    return to_json({"type": TYPE, "timestamp": rfc3339(now()), "data": data})
