"""What goes out ahead of a release looks like this, and who got it, for the OpenAPI document; serves nothing."""

from __future__ import annotations

from services.syndication.webhooks.early.notes import EMBARGOED, KINDS, WITHDRAWN
from shared.openapi import REF, Node, content, operation, parameter, record

_TEXT: Node = {"type": "string"}
_NUMBER: Node = {"type": "integer"}
_MAYBE_TEXT: Node = {"type": ["string", "null"]}
_MAYBE_NUMBER: Node = {"type": ["integer", "null"]}
_MOMENT: Node = {"type": "string", "format": "date-time"}
_MAYBE_MOMENT: Node = {"type": ["string", "null"], "format": "date-time"}


def early_messages() -> dict[str, tuple[str, Node, tuple[str, ...]]]:
    """Return summary, body and headers of their own of each type of message."""
    embargoed = {
        "embargoed_until": {**_MOMENT, "description": "not to be published before"},
        "previous_version": {**_MAYBE_NUMBER, "description": "the version you were sent early before this one"},
        "article": {"$ref": REF + "Article"},
        "matched": {"type": "array", "items": _TEXT},
    }
    withdrawn = {
        "article": {"type": "object", "description": "what it is known by, and the version you were sent early"},
        "published_version": {**_MAYBE_NUMBER, "description": "the version that readers see, null for none"},
        "reason": _TEXT,
    }
    about = "An article ahead of its release, for subscriptions with `embargoed`; it is in no ledger yet and has no seq"
    taken = "What you were sent early is not released to you: it is taken back, or what comes of it is not for you"
    return {
        EMBARGOED: (about, _event(EMBARGOED, embargoed), ("wireroom-embargoed-until",)),
        WITHDRAWN: (taken, _event(WITHDRAWN, withdrawn), ()),
    }


def early_paths() -> Node:
    """Return the path."""
    shown = "Who got an article ahead of its release, when, and who confirmed it (operators)"
    return {
        "/api/v1/articles/{id}/embargoed/receipts": {
            "get": operation(
                shown, shown=content("EarlyReceipts"), parameters=[parameter("id", "path", _TEXT)], operators=True
            )
        }
    }


def early_schemas() -> Node:
    """Return the schema of what it shows."""
    told: Node = {"type": {"enum": list(KINDS)}, "version": _NUMBER}
    came: Node = {
        "state": {"enum": ["sending", "retry", "delivered", "gave_up", "refused", "disabled", "unknown"]},
        "acknowledged_at": _MAYBE_MOMENT,
        "first_attempt_at": _MOMENT,
        "last_at": _MOMENT,
        "attempts": {**_NUMBER, "description": "those that ended"},
    }
    row: Node = {
        "subscription": _TEXT,
        "url": {**_MAYBE_TEXT, "description": "null when it was deleted"},
        "owner": _MAYBE_TEXT,
        "trusted": {"type": "boolean", "description": "now"},
        "next": {"oneOf": [record(told), {"type": "null"}], "description": "what waits, and was not tried yet"},
        "deliveries": {"type": "array", "items": record({**told, **came})},
    }
    shown: Node = {
        "article_id": _TEXT,
        "version": {**_MAYBE_NUMBER, "description": "that waits, null when none does"},
        "embargoed_until": _MAYBE_MOMENT,
        "published_version": _MAYBE_NUMBER,
        "receipts": {"type": "array", "items": record(row)},
    }
    return {"EarlyReceipts": record(shown)}


def _event(type: str, data: Node) -> Node:
    return record({"type": {"const": type}, "timestamp": _MOMENT, "data": record(data)})
