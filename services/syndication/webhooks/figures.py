"""How fast and how well a subscription's deliveries went, from counts in slots of growing width; counts nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from math import ceil, log
from typing import Any

from services.syndication.webhooks.lane_sent import DAY, DAYS, HOUR, HOURS

GROWTH = 1.15
"""Each slot is so much wider than the one before: a percentile is at most that much too high."""

_WIDTH = log(GROWTH)

LAST_SLOT = 150
"""That of 1.15 to the 150th ms, two weeks."""


def slot_of(ms: float) -> int:
    """Return the slot in which a time is counted."""
    return min(LAST_SLOT, max(0, ceil(log(max(ms, 1.0)) / _WIDTH)))


def upper(slot: int) -> float:
    """Return the longest time, in ms, that is counted in a slot."""
    return GROWTH**slot


def percentile(slots: Mapping[int, int], share: float) -> float | None:
    """Return the time that this share of deliveries did not exceed, to the slot's upper end; None without any."""
    wanted = max(1, ceil(share * sum(slots.values())))
    for slot in sorted(slots):
        wanted -= slots[slot]
        if wanted <= 0:
            return round(upper(slot), 1)
    return None


def spans(now: int) -> dict[str, list[str]]:
    """Return the keys' endings of the last day, by the hour, and the last week, by the day; `now` in Unix ms."""
    hour, day = now // HOUR, now // DAY
    return {
        "last_24h": [f"h{each}" for each in range(hour - HOURS, hour + 1)],
        "last_7d": [f"d{each}" for each in range(day - DAYS + 1, day + 1)],
    }


def summed(counted: Iterable[Mapping[bytes, bytes]]) -> dict[str, Any]:
    """Return the figures of a span, summed over its parts."""
    counts: Counter[str] = Counter()
    for part in counted:
        counts.update({name.decode(): int(number) for name, number in part.items()})
    slots = {int(name[1:]): number for name, number in counts.items() if name[0] == "l"}
    ended = counts["c"] + counts["g"] + counts["u"]
    attempts = ended + counts["r"]
    return {
        "attempts": attempts,
        "delivered": counts["c"],
        "given_up": counts["g"],
        "unknown": counts["u"],
        "no_longer_kept": counts["d"],
        "attempt_success_rate": round(counts["c"] / attempts, 4) if attempts else None,
        "success_rate": round(counts["c"] / ended, 4) if ended else None,
        "publish_to_ack_ms": {f"p{share}": percentile(slots, share / 100) for share in (50, 95, 99)},
    }
