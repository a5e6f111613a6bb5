"""What an attempt in a subscription's log looks like, for the OpenAPI document; serves nothing."""

from __future__ import annotations

from typing import get_args

from services.syndication.webhooks.openapi_proofs import HEADLINE, MAYBE_NUMBER, NUMBER, TEXT
from services.syndication.webhooks.outcomes import Verdict
from shared.openapi import Node, record

_MAYBE_TEXT: Node = {"type": ["string", "null"]}

LOGGED: Node = {
    "id": TEXT,
    "at": {**TEXT, "format": "date-time"},
    "webhook_id": TEXT,
    "seq": MAYBE_NUMBER,
    "type": TEXT,
    "article_id": _MAYBE_TEXT,
    "version": MAYBE_NUMBER,
    "attempt": NUMBER,
    "outcome": {"enum": list(get_args(Verdict))},
    "status": MAYBE_NUMBER,
    "reason": _MAYBE_TEXT,
    "ms": {"type": ["number", "null"]},
    "next_attempt": {**_MAYBE_TEXT, "format": "date-time"},
    "body": TEXT,
    "supersedes": {"type": "array", "items": NUMBER},
}
ANSWERED = frozenset(("status", "reason", "ms", "next_attempt", "body", "supersedes"))
"""What is not told of an attempt that nothing came of, or that replaced nothing."""


def log_schema() -> Node:
    """Return the schema of a page of the log."""
    items = record({**LOGGED, "headline": HEADLINE}, ANSWERED | {"headline"})
    return record({"deliveries": {"type": "array", "items": items}, "next": _MAYBE_TEXT})


def attempt_schema() -> Node:
    """Return the schema of one attempt with its request."""
    headers: Node = {"type": "object", "additionalProperties": TEXT, "description": "signed by the keys of now"}
    same = {"type": "boolean", "description": "whether address, format and body are byte for byte those that went"}
    reached = {"type": "boolean", "description": "false where it is sure that the receiver got nothing"}
    sent: Node = {"method": {"const": "POST"}, "url": TEXT, "headers": headers, "body": TEXT}
    request = record({**sent, "same": same, "reached": reached})
    about = "made anew from the ledger by the code that sent it"
    more: Node = {
        "request": {**request, "type": ["object", "null"], "description": about},
        "unshown": {"type": ["string", "null"], "description": "why there is no request"},
        "headline": HEADLINE,
        "together": {**NUMBER, "description": "how many attempts went in the one request: a digest has several"},
    }
    return record(LOGGED | more, ANSWERED)
