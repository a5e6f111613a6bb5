"""What the routes of one subscription answer, for the OpenAPI document; serves nothing."""

from __future__ import annotations

from services.syndication.webhooks.openapi_log import attempt_schema, log_schema
from services.syndication.webhooks.openapi_proofs import MAYBE_NUMBER, NUMBER, TEXT
from shared.openapi import REF, Node, record

MAYBE_TEXT: Node = {"type": ["string", "null"]}
YES_OR_NO: Node = {"type": "boolean"}
MILLISECONDS: Node = {"type": "number"}


def subscription_answers() -> Node:
    """Return the schemas."""
    proven: Node = {"verified": YES_OR_NO, "status": MAYBE_NUMBER, "reason": MAYBE_TEXT}
    tried: Node = {"webhook_id": TEXT, "delivered": YES_OR_NO, "status": MAYBE_NUMBER, "reason": MAYBE_TEXT}
    return {
        "Attempt": attempt_schema(),
        "Deliveries": log_schema(),
        "Queued": record({"queued": NUMBER, "next": MAYBE_NUMBER}),
        "Rotated": record({"id": TEXT, "secret": TEXT, "overlap_seconds": MILLISECONDS}, frozenset(("secret",))),
        "Tried": record({**tried, "ms": MILLISECONDS, "body": TEXT}),
        "Verified": record({**proven, "ms": MILLISECONDS}),
        "Exported": record({"subscriptions": {"type": "array", "items": {"$ref": REF + "Restored"}}}),
        "SigningKey": record({"key": _key(), "overlap_seconds": MILLISECONDS}),
        "KeySet": record({"keys": {"type": "array", "items": _key()}}),
    }


def _key() -> Node:
    """Return the schema of a JSON Web Key (RFC 7517), with the same key as Standard Webhooks writes it."""
    return record(dict.fromkeys(("kty", "crv", "x", "kid", "alg", "use", "whpk"), TEXT))
