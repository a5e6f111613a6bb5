"""What an attempt in a subscription's log looks like, for the OpenAPI document; serves nothing."""

from __future__ import annotations

from typing import get_args

from services.syndication.webhooks.outcomes import Verdict
from shared.openapi import Node

_TEXT: Node = {"type": "string"}
_NUMBER: Node = {"type": "integer"}


def attempt_schema() -> Node:
    """Return the schema of one attempt with its request."""
    request: Node = {
        "method": {"const": "POST"},
        "url": _TEXT,
        "headers": {"type": "object", "additionalProperties": _TEXT, "description": "signed by the keys of now"},
        "body": _TEXT,
        "same": {
            "type": "boolean",
            "description": "whether address, format and body are byte for byte those that went",
        },
    }
    told: Node = {
        "id": _TEXT,
        "at": {"type": "number", "description": "Unix time of the answer"},
        "webhook_id": _TEXT,
        "seq": _NUMBER,
        "type": _TEXT,
        "article_id": _TEXT,
        "version": _NUMBER,
        "attempt": _NUMBER,
        "outcome": {"enum": list(get_args(Verdict))},
        "request": {
            "type": ["object", "null"],
            "required": list(request),
            "properties": request,
            "description": "made anew from the ledger by the code that sent it",
        },
        "unshown": {"type": ["string", "null"], "description": "why there is no request"},
        "headline": {
            "type": ["string", "null"],
            "description": "of its newest version; null where it is not kept, or not for who asks",
        },
        "together": {**_NUMBER, "description": "how many attempts went in the one request: a digest has several"},
    }
    answer: Node = {
        "status": {"type": ["integer", "null"]},
        "reason": {"type": ["string", "null"]},
        "ms": {"type": ["number", "null"]},
        "next_attempt": {"type": ["number", "null"], "description": "Unix time"},
        "body": {**_TEXT, "description": "the start of the answer"},
    }
    return {"type": "object", "required": list(told), "properties": told | answer}
