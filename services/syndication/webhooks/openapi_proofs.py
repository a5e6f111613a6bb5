"""What digests, figures and receipts look like, for the OpenAPI document; serves nothing."""

from __future__ import annotations

from typing import get_args

from services.syndication.webhooks.sent import State
from shared.openapi import Node, record

TEXT: Node = {"type": "string"}
NUMBER: Node = {"type": "integer"}
MAYBE_NUMBER: Node = {"type": ["integer", "null"]}
HEADLINE: Node = {"type": ["string", "null"], "description": "null where it is not kept, or not for who asks"}
_MAYBE_RATE: Node = {"type": ["number", "null"]}

RECIPE = (
    "SHA-256, in hex, of one line for each version that was assigned: the article's id, a space, its version, a line "
    'feed ("desk-kursk-1 2\\n"), the lines sorted as bytes. Versions replaced by a newer one before they were sent do '
    "not count, nor do those that are kept no more. Make the same of what you took with `seq` from `from` to `to`, "
    "repeats left out"
)


def proof_schemas() -> Node:
    """Return the schemas."""
    return {"Digest": _digest(), "SubscriptionStats": _stats(), "Receipts": _receipts(), "Retractions": _retractions()}


def _digest() -> Node:
    return record(
        {
            "from": NUMBER,
            "to": {**NUMBER, "description": "at most the last number that is assigned"},
            "count": NUMBER,
            "hash": {**TEXT, "description": RECIPE},
            "algorithm": {"const": "sha256"},
            "complete": {
                "type": "boolean",
                "description": "false when a part is kept no more: older than 30 days, or gone by retention; "
                "neither count, hash nor what follows has it",
            },
            "confirmed": NUMBER,
            "waiting": {**NUMBER, "description": "not confirmed yet: compare again once this is 0"},
            "given_up": NUMBER,
            "unknown": {**NUMBER, "description": "at-most-once: sent, perhaps taken, and not sent again"},
            "outstanding": {"type": "array", "items": NUMBER, "description": "the first numbers not confirmed"},
        }
    )


def _stats() -> Node:
    times = record({share: {"type": ["number", "null"]} for share in ("p50", "p95", "p99")})
    span = record(
        {
            **dict.fromkeys(("attempts", "delivered", "given_up", "unknown", "no_longer_kept"), NUMBER),
            "attempt_success_rate": _MAYBE_RATE,
            "success_rate": _MAYBE_RATE,
            "publish_to_ack_ms": {**times, "description": "at most 15 % too high; what is sent again is left out"},
        }
    )
    return record({"last_24h": span, "last_7d": span})


def _receipts() -> Node:
    version = record(
        {
            "seq": NUMBER,
            "version": NUMBER,
            "type": TEXT,
            "state": {"enum": list(get_args(State))},
            "at": {"type": ["string", "null"], "format": "date-time"},
            "ms": {**MAYBE_NUMBER, "description": "from publication to acknowledgement"},
            "attempts": MAYBE_NUMBER,
        }
    )
    maybe = {"oneOf": [version, {"type": "null"}]}
    row = record(
        {
            "subscription": TEXT,
            "url": TEXT,
            "status": TEXT,
            "assigned": {**maybe, "description": "the newest version that went to it"},
            "confirmed": {**maybe, "description": "the newest version that it confirmed"},
            "current": {"type": "boolean"},
            "outstanding": {"type": "boolean"},
        }
    )
    return record(
        {
            "article_id": TEXT,
            "headline": HEADLINE,
            "latest": record({"seq": NUMBER, "version": NUMBER, "type": TEXT}),
            "subscriptions": NUMBER,
            "confirmed": {**NUMBER, "description": "how many confirmed the newest version that went to them"},
            "outstanding": NUMBER,
            "receipts": {"type": "array", "items": row},
            "next": {**MAYBE_NUMBER, "description": "give it as `after` for more"},
        }
    )


def _retractions() -> Node:
    row = record(
        {
            "seq": NUMBER,
            "article_id": TEXT,
            "headline": HEADLINE,
            "version": NUMBER,
            "timestamp": {**TEXT, "format": "date-time"},
            "reason": {"type": ["string", "null"]},
            "subscriptions": {**NUMBER, "description": "how many it was assigned to"},
            "confirmed": NUMBER,
            "outstanding": {**NUMBER, "description": "waiting or given up"},
            "slowest_ms": {**MAYBE_NUMBER, "description": "from publication to the last acknowledgement so far"},
        }
    )
    rows = {"type": "array", "items": row, "description": "newest first; those nobody got are left out"}
    return record({"retractions": rows, "next": {**MAYBE_NUMBER, "description": "give it as `before` for more"}})
