"""What the subscriptions API and the messages look like, for the OpenAPI 3.1 document; serves nothing."""

from __future__ import annotations

from typing import get_args

from pydantic.json_schema import models_json_schema

from services.syndication.rights import LEVELS
from services.syndication.webhooks.api.log import OUTCOMES
from services.syndication.webhooks.api.signing import openapi_paths as signing_paths
from services.syndication.webhooks.choices import Promise, Verify
from services.syndication.webhooks.cuts import FIELDS, Payload
from services.syndication.webhooks.early.openapi import early_messages, early_paths, early_schemas
from services.syndication.webhooks.formats import Format
from services.syndication.webhooks.inputs import (
    ChangedSubscription,
    NewSubscription,
    NewSubscriptions,
    Preview,
    Replay,
    Restored,
    Rotation,
    SecretRotation,
)
from services.syndication.webhooks.openapi_log import attempt_schema
from services.syndication.webhooks.openapi_proofs import proof_schemas
from services.syndication.webhooks.sending import Signing
from services.syndication.webhooks.subscriptions import HealthType, Status
from shared.events import PublicType
from shared.openapi import REF, Node, content, operation, parameter

_TEXT: Node = {"type": "string"}
_MAYBE_TEXT: Node = {"type": ["string", "null"]}
_NUMBER: Node = {"type": "integer"}
_MAYBE_NUMBER: Node = {"type": ["integer", "null"]}
_TEXTS: Node = {"type": "array", "items": _TEXT}


def openapi_paths() -> Node:
    """Return `paths` and `schemas` of the subscriptions API."""
    root, one = "/api/v1/subscriptions", "/api/v1/subscriptions/{id}"
    id = parameter("id", "path", _TEXT)
    log = [id, parameter("limit", "query", _NUMBER), parameter("before", "query", _TEXT)]
    log.append(parameter("outcome", "query", {"enum": [name for name in OUTCOMES if name]}))
    shown, secret = content("Subscription"), content("SubscriptionWithSecret")
    return {
        "paths": {
            root: {
                "get": operation("List subscriptions", shown=content("Subscriptions")),
                "post": operation("Subscribe", "NewSubscription", status="201", shown=secret),
            },
            f"{root}/batch": {
                "post": operation(
                    "Subscribe many at once, all or none",
                    "NewSubscriptions",
                    status="201",
                    shown=content("SubscriptionsWithSecrets"),
                )
            },
            f"{root}/export": {
                "get": operation(
                    "All subscriptions, to be put back or taken elsewhere (operators)",
                    parameters=[parameter("secrets", "query", {"type": "boolean"})],
                )
            },
            f"{root}/preview": {
                "post": operation("Try a filter on the events of the last days", "Preview", shown=content("Previewed"))
            },
            one: {
                "get": operation("Show a subscription", shown=content("SubscriptionNow"), parameters=[id]),
                "patch": operation("Change, pause or re-enable", "ChangedSubscription", shown=shown, parameters=[id]),
                "put": operation("Put back as exported (operators)", "Restored", shown=shown, parameters=[id]),
                "delete": operation("Unsubscribe", status="204", parameters=[id]),
            },
            f"{one}/test": {"post": operation("Send a signed test message now", parameters=[id])},
            f"{one}/verify": {
                "post": operation(
                    "Try a pending subscription's receiver now; what waited follows once it is proven", parameters=[id]
                )
            },
            f"{one}/rotate-secret": {
                "post": operation("Make a secret; the old one signs on for a while", "SecretRotation", parameters=[id])
            },
            f"{one}/deliveries": {"get": operation("List attempts, newest first", parameters=log)},
            f"{one}/deliveries/{{entry}}": {
                "get": operation(
                    "Show an attempt, and its request made anew, secrets left out",
                    shown=content("Attempt"),
                    parameters=[id, parameter("entry", "path", _TEXT)],
                )
            },
            f"{one}/digest": {
                "get": operation(
                    "Prove that nothing is missing: count and hash of what was assigned from one number to another",
                    shown=content("Digest"),
                    parameters=[id, parameter("from", "query", _NUMBER), parameter("to", "query", _NUMBER)],
                )
            },
            f"{one}/stats": {
                "get": operation(
                    "Counts, rates and times from publication to acknowledgement, of a day and a week",
                    shown=content("SubscriptionStats"),
                    parameters=[id],
                )
            },
            "/api/v1/articles/{id}/receipts": {
                "get": operation(
                    "Who confirmed which version of an article, when and how fast, and who is outstanding",
                    shown=content("Receipts"),
                    parameters=[id, parameter("after", "query", _NUMBER)],
                )
            },
            "/api/v1/retractions": {
                "get": operation(
                    "The newest retractions that went to any subscription, and how many of these confirmed them",
                    shown=content("Retractions"),
                    parameters=[parameter("limit", "query", _NUMBER), parameter("before", "query", _NUMBER)],
                )
            },
            **early_paths(),
            f"{one}/replay": {"post": operation("Send again", "Replay", status="202", parameters=[id])},
            **signing_paths(),
        },
        "schemas": _schemas(),
    }


def openapi_webhooks() -> Node:
    """Return the `webhooks` section: one message for each public type of event, and of a subscription's health."""
    articles = {type: _message(f"A version of an article: {type}", _body(type)) for type in get_args(PublicType)}
    health = [type for type in get_args(HealthType) if not type.endswith("*")]
    articles["digest"] = _message("Many versions together, for who asked for digests; retractions go alone", _digest())
    articles |= {type: _message(about, body, *names) for type, (about, body, names) in early_messages().items()}
    return articles | {type: _message(f"What became of another subscription: {type}", _health(type)) for type in health}


def _digest() -> Node:
    types = [type for type in get_args(PublicType) if type != "article.retracted"]
    events: Node = {"type": "array", "items": {"oneOf": [_body(type) for type in types]}, "minItems": 1}
    timestamp = {"type": "string", "format": "date-time", "description": "that of the last event"}
    return _object({"type": {"const": "digest"}, "timestamp": timestamp, "data": _object({"events": events})})


def _health(type: str) -> Node:
    subscription = _object(
        {"id": _TEXT, "description": _TEXT, "owner": _MAYBE_TEXT, "status": _TEXT, "reason": _MAYBE_TEXT}
    )
    data: Node = {"subscription": subscription}
    if type == "subscription.exhausted":
        last: Node = {"at": _TEXT, "seq": _NUMBER, "article_id": _TEXT, "version": _NUMBER, "attempt": _NUMBER}
        last |= {"status": _MAYBE_NUMBER, "reason": _MAYBE_TEXT}
        data |= {"count": {**_NUMBER, "description": "deliveries given up since then"}, "since": _TEXT}
        data |= {"last": _object(last)}
    elif type in ("subscription.failing", "subscription.disabled", "subscription.recovered"):
        data |= {"failing_since": _TEXT, "disabled_at": _MAYBE_TEXT}
    timestamp = {"type": "string", "format": "date-time"}
    return _object({"type": {"const": type}, "timestamp": timestamp, "data": _object(data)})


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
    told = _object(data)
    told["properties"] = data | also
    return _object({"type": {"const": type}, "timestamp": timestamp, "data": told})


def _schemas() -> Node:
    models = (
        NewSubscription,
        NewSubscriptions,
        Restored,
        ChangedSubscription,
        Preview,
        Replay,
        Rotation,
        SecretRotation,
    )
    inputs = [(model, "validation") for model in models]
    _, found = models_json_schema(inputs, ref_template=REF + "{model}")  # type: ignore[arg-type]  # a list of pairs
    shown: Node = {
        "id": _TEXT,
        "url": _TEXT,
        "filter": _TEXT,
        "within": {**_MAYBE_TEXT, "description": "the query that bounds all that its consumer gets"},
        "types": {"type": ["array", "null"], "items": {"enum": [*get_args(PublicType), *get_args(HealthType)]}},
        "status": {"enum": list(get_args(Status))},
        "reason": _MAYBE_TEXT,
        "description": _TEXT,
        "owner": _MAYBE_TEXT,
        "created_at": {"type": "string", "format": "date-time"},
        "headers": {**_TEXTS, "description": "names only; values are never shown"},
        "signing": {"enum": list(get_args(Signing)), "description": "v1 by the secret, v1a by the keys of the JWKS"},
        "format": {"enum": list(get_args(Format))},
        "payload": {"enum": list(get_args(Payload)), "description": "thin: identity and links"},
        "fields": {"type": ["array", "null"], "items": {"enum": list(FIELDS)}, "description": "null: all of them"},
        "reuse": {"enum": list(LEVELS), "description": "how much of each article at most"},
        "auth": {"type": ["object", "null"], "description": "all that is no secret of it"},
        "client_certificate": {"type": ["object", "null"], "description": "subject, not_after and sha256"},
        "schedule": {"type": "array", "items": {"type": "number"}, "description": "seconds between attempts"},
        "max_in_flight": _NUMBER,
        "rate_limit": {"type": ["number", "null"], "description": "deliveries a second"},
        "digest": {"anyOf": [{"$ref": REF + "DigestWindow"}, {"type": "null"}], "description": "null: events go alone"},
        "verify": {"enum": [*get_args(Verify), None]},
        "delivery": {
            "enum": list(get_args(Promise)),
            "description": "at-most-once: what may have arrived is never sent again, but for retractions",
        },
        "exit_notices": {"type": "boolean", "description": "tell when an update no longer matches the filter"},
        "embargoed": {
            "type": "boolean",
            "description": "send articles ahead of their release, to whom that is trusted",
        },
    }
    once: Node = {
        "secret": {**_TEXT, "description": "shown once"},
        "starts_at": {**_NUMBER, "description": "the first ledger entry it is sent if it matches"},
    }
    standing: Node = {
        "missed_from": {**_MAYBE_NUMBER, "description": "the first entry that found its queue full, until caught up"},
        "waiting": {**_NUMBER, "description": "what is due or on its way"},
        "next_attempt": {"type": ["string", "null"], "format": "date-time", "description": "null: nothing is due"},
    }
    listed = {"type": "array", "items": {"$ref": REF + "Subscription"}}
    made = {"type": "array", "items": {"$ref": REF + "SubscriptionWithSecret"}}
    return {
        **found["$defs"],
        "Subscription": _object(shown),
        "SubscriptionNow": _object({**shown, **standing}),
        "SubscriptionWithSecret": _object({**shown, **once}),
        "Subscriptions": _object({"subscriptions": listed}),
        "SubscriptionsWithSecrets": _object({"subscriptions": made}),
        "Previewed": _previewed(),
        "Attempt": attempt_schema(),
        **proof_schemas(),
        **early_schemas(),
    }


def _previewed() -> Node:
    day = _object({"day": _TEXT, "scanned": _NUMBER, "matched": _NUMBER})
    entry: Node = {"seq": _NUMBER, "type": _TEXT, "timestamp": _TEXT, "article_id": _TEXT, "version": _NUMBER}
    entry |= {"headline": _MAYBE_TEXT, "matched": {**_TEXTS, "description": "the terms that held"}}
    shown: Node = {
        "since": {"type": "string", "format": "date-time"},
        "complete": {"type": "boolean", "description": "false when there was more than one answer looks at"},
        "scanned": _NUMBER,
        "count": {**_NUMBER, "description": "how many matched"},
        "per_day": {"type": "array", "items": day, "description": "newest first, UTC"},
        "terms": {"type": "object", "additionalProperties": _NUMBER, "description": "how often each term held"},
        "matched": {"type": "array", "items": _object(entry), "description": "the newest, up to `limit`"},
    }
    return _object(shown)


def _object(properties: Node) -> Node:
    return {"type": "object", "required": list(properties), "properties": properties}
