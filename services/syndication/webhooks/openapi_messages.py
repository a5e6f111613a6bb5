"""What the messages that subscribers are sent look like, for the OpenAPI document; sends nothing."""

from __future__ import annotations

from typing import get_args

from services.syndication.webhooks.early.openapi import early_messages
from services.syndication.webhooks.message import TEST
from services.syndication.webhooks.subscriptions import HealthType
from services.syndication.webhooks.verification import TYPE as VERIFICATION
from shared.events import PublicType
from shared.openapi import REF, Node, parameter, record

_TEXT: Node = {"type": "string"}
_MAYBE_TEXT: Node = {"type": ["string", "null"]}
_NUMBER: Node = {"type": "integer"}
_MAYBE_NUMBER: Node = {"type": ["integer", "null"]}
_TEXTS: Node = {"type": "array", "items": _TEXT}
_MOMENT: Node = {"type": "string", "format": "date-time"}

ABOUT = {
    "article.published": "An article is there for the first time",
    "article.updated": "A reader sees a difference; with exit it no longer matches your filter",
    "article.corrected": "An update that its newsroom calls a correction, with what was wrong",
    "article.retracted": "An article is taken back: its identity, the reason, and what stands in its place",
    "subscription.created": "A subscription was made over the API",
    "subscription.updated": "A subscription was changed over the API",
    "subscription.deleted": "A subscription was deleted over the API",
    "subscription.failing": "A subscription has nothing but failures: told at once, after an hour, a day, three days",
    "subscription.disabled": "A subscription is sent nothing any more: a 410, or five days of nothing but failures",
    "subscription.recovered": "A subscription that failed answers again",
    "subscription.exhausted": "Deliveries of a subscription were given up: how many, and the last of them",
}


def openapi_webhooks() -> Node:
    """Return the `webhooks` section: one message for each public type of event, and of a subscription's health."""
    articles = {type: _message(ABOUT[type], _body(type)) for type in get_args(PublicType)}
    health = [type for type in get_args(HealthType) if not type.endswith("*")]
    articles["digest"] = _message("Many versions together, for who asked for digests; retractions go alone", _digest())
    articles |= {type: _message(about, body, *names) for type, (about, body, names) in early_messages().items()}
    articles |= {type: _message(about, body) for type, (about, body) in _trials().items()}
    return articles | {type: _message(ABOUT[type], _health(type)) for type in health}


def _trials() -> dict[str, tuple[str, Node]]:
    """Return the messages by which a receiver is tried out."""
    one: Node = {"subscription": {**_TEXT, "description": "the subscription's id"}}
    test = record({"type": {"const": TEST}, "timestamp": _MOMENT, "data": record(one)})
    data = record({**one, "challenge": _TEXT}, frozenset(("challenge",)))
    verification = record({"type": {"const": VERIFICATION}, "timestamp": _MOMENT, "data": data})
    return {
        TEST: ("A test that was asked for; it is in no ledger", test),
        VERIFICATION: ("Proves a receiver before content is sent, where `verify` asks for it", verification),
    }


def _digest() -> Node:
    types = [type for type in get_args(PublicType) if type != "article.retracted"]
    events: Node = {"type": "array", "items": {"oneOf": [_body(type) for type in types]}, "minItems": 1}
    timestamp = {"type": "string", "format": "date-time", "description": "that of the last event"}
    return record({"type": {"const": "digest"}, "timestamp": timestamp, "data": record({"events": events})})


def _health(type: str) -> Node:
    subscription = record(
        {"id": _TEXT, "description": _TEXT, "owner": _MAYBE_TEXT, "status": _TEXT, "reason": _MAYBE_TEXT}
    )
    data: Node = {"subscription": subscription}
    if type == "subscription.exhausted":
        last: Node = {"at": _TEXT, "seq": _NUMBER, "article_id": _TEXT, "version": _NUMBER, "attempt": _NUMBER}
        last |= {"status": _MAYBE_NUMBER, "reason": _MAYBE_TEXT}
        data |= {"count": {**_NUMBER, "description": "deliveries given up since then"}, "since": _TEXT}
        data |= {"last": record(last)}
    elif type in ("subscription.failing", "subscription.disabled", "subscription.recovered"):
        data |= {"failing_since": _TEXT, "disabled_at": _MAYBE_TEXT}
    timestamp = {"type": "string", "format": "date-time"}
    return record({"type": {"const": type}, "timestamp": timestamp, "data": record(data)})


_CONTROL: Node = {
    "description": "disable: the subscription is disabled, as by 410; abort-message: what failed is not sent again",
    "schema": {"type": "string", "enum": ["disable", "abort-message"]},
}


def _message(summary: str, body: Node, *more: str) -> Node:
    names = ("webhook-id", "webhook-timestamp", "webhook-signature", "wireroom-attempt", "wireroom-queued-ms", *more)
    return {
        "post": {
            "summary": summary,
            "description": "Signed as Standard Webhooks 1.0.0; answer 2xx. A repeat has the same webhook-id.",
            "security": [],
            "parameters": [parameter(name, "header", _TEXT) for name in names],
            "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
            "responses": {
                "2XX": {"description": "Taken; not sent again", "headers": {"webhook-delivery": _CONTROL}},
                "410": {"description": "Gone: the subscription is disabled"},
                "default": {
                    "description": "Failed: sent again by the subscription's schedule",
                    "headers": {"webhook-delivery": _CONTROL},
                },
            },
        }
    }


def _body(type: str) -> Node:
    article: Node = {"type": "object"} if type == "article.retracted" else {"$ref": REF + "Article"}
    data: Node = {
        "seq": _NUMBER,
        "previous_seq": _MAYBE_NUMBER,
        "article": article,
        "changed": _TEXTS,
        "matched": _TEXTS,
    }
    also: Node = {
        "supersedes": {
            "type": "array",
            "items": _NUMBER,
            "description": "seqs of earlier versions that this one replaced before you took them; left out when none",
        }
    }
    if type in ("article.updated", "article.corrected"):
        also["exit"] = {"const": True, "description": "the filter, which earlier versions met, is not met by this one"}
    if type == "article.corrected":
        data["correction"] = _MAYBE_TEXT
    if type == "article.retracted":
        data |= {"reason": _MAYBE_TEXT, "replacement_url": _MAYBE_TEXT}
    timestamp = {"type": "string", "format": "date-time"}
    told = record(data)
    told["properties"] = data | also
    return record({"type": {"const": type}, "timestamp": timestamp, "data": told})
