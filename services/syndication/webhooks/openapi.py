"""What the subscriptions API and the messages look like, for the OpenAPI 3.1 document; serves nothing."""

from __future__ import annotations

from typing import get_args

from pydantic.json_schema import models_json_schema

from services.syndication.rights import LEVELS
from services.syndication.webhooks.api.log import OUTCOMES
from services.syndication.webhooks.api.signing import openapi_paths as signing_paths
from services.syndication.webhooks.choices import Promise, Verify
from services.syndication.webhooks.cuts import FIELDS, Payload
from services.syndication.webhooks.early.openapi import early_paths, early_schemas
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
from services.syndication.webhooks.openapi_answers import subscription_answers
from services.syndication.webhooks.openapi_proofs import proof_schemas
from services.syndication.webhooks.sending import Signing
from services.syndication.webhooks.subscriptions import HealthType, Status
from shared.events import PublicType
from shared.openapi import REF, Node, content, operation, parameter, record, refusing

_TEXT: Node = {"type": "string"}
_MAYBE_TEXT: Node = {"type": ["string", "null"]}
_NUMBER: Node = {"type": "integer"}
_MAYBE_NUMBER: Node = {"type": ["integer", "null"]}
_TEXTS: Node = {"type": "array", "items": _TEXT}


ROOT = "/api/v1/subscriptions"
ONE = f"{ROOT}/{{id}}"
ID = parameter("id", "path", _TEXT)


def openapi_paths() -> Node:
    """Return `paths` and `schemas` of the subscriptions API."""
    paths = {**_many(), **_one(), **_log(), **_proofs(), **early_paths(), **signing_paths()}
    return {"paths": paths, "schemas": _schemas()}


def _many() -> Node:
    secret = content("SubscriptionWithSecret")
    return {
        ROOT: {
            "get": operation("List subscriptions", shown=content("Subscriptions")),
            "post": refusing(operation("Subscribe", "NewSubscription", status="201", shown=secret, once=True), 403),
        },
        f"{ROOT}/batch": {
            "post": refusing(
                operation(
                    "Subscribe many at once, all or none",
                    "NewSubscriptions",
                    status="201",
                    shown=content("SubscriptionsWithSecrets"),
                    once=True,
                ),
                403,
            )
        },
        f"{ROOT}/export": {
            "get": operation(
                "All subscriptions, to be put back or taken elsewhere (operators)",
                shown=content("Exported"),
                operators=True,
                parameters=[parameter("secrets", "query", {"type": "boolean"})],
            )
        },
        f"{ROOT}/preview": {
            "post": operation("Try a filter on the events of the last days", "Preview", shown=content("Previewed"))
        },
    }


def _one() -> Node:
    shown, restore = content("Subscription"), "Put back as exported (operators)"
    return {
        ONE: {
            "get": operation("Show a subscription", shown=content("SubscriptionNow"), parameters=[ID]),
            "patch": operation("Change, pause or re-enable", "ChangedSubscription", shown=shown, parameters=[ID]),
            "put": refusing(operation(restore, "Restored", shown=shown, parameters=[ID], operators=True), 409),
            "delete": operation("Unsubscribe", status="204", parameters=[ID]),
        },
        f"{ONE}/test": {"post": operation("Send a signed test message now", shown=content("Tried"), parameters=[ID])},
        f"{ONE}/verify": {
            "post": refusing(
                operation(
                    "Try a pending subscription's receiver now; what waited follows once it is proven",
                    shown=content("Verified"),
                    parameters=[ID],
                ),
                409,
            )
        },
        f"{ONE}/rotate-secret": {
            "post": operation(
                "Make a secret; the old one signs on for a while",
                "SecretRotation",
                shown=content("Rotated"),
                parameters=[ID],
                once=True,
            )
        },
    }


def _log() -> Node:
    asked = [ID, parameter("limit", "query", _NUMBER), parameter("before", "query", _TEXT)]
    asked.append(parameter("headlines", "query", {"type": "boolean"}))
    asked.append(parameter("outcome", "query", {"enum": [name for name in OUTCOMES if name]}))
    return {
        f"{ONE}/deliveries": {
            "get": operation("List attempts, newest first", shown=content("Deliveries"), parameters=asked)
        },
        f"{ONE}/deliveries/{{entry}}": {
            "get": operation(
                "Show an attempt, and its request made anew, secrets left out",
                shown=content("Attempt"),
                parameters=[ID, parameter("entry", "path", _TEXT)],
            )
        },
        f"{ONE}/replay": {
            "post": operation("Send again", "Replay", status="202", shown=content("Queued"), parameters=[ID], once=True)
        },
    }


def _proofs() -> Node:
    return {
        f"{ONE}/digest": {
            "get": operation(
                "Prove that nothing is missing: count and hash of what was assigned from one number to another",
                shown=content("Digest"),
                parameters=[ID, parameter("from", "query", _NUMBER), parameter("to", "query", _NUMBER)],
            )
        },
        f"{ONE}/stats": {
            "get": operation(
                "Counts, rates and times from publication to acknowledgement, of a day and a week",
                shown=content("SubscriptionStats"),
                parameters=[ID],
            )
        },
        "/api/v1/articles/{id}/receipts": {
            "get": operation(
                "Who confirmed which version of an article, when and how fast, and who is outstanding",
                shown=content("Receipts"),
                parameters=[ID, parameter("after", "query", _NUMBER)],
            )
        },
        "/api/v1/retractions": {
            "get": operation(
                "The newest retractions that went to any subscription, and how many of these confirmed them",
                shown=content("Retractions"),
                parameters=[parameter("limit", "query", _NUMBER), parameter("before", "query", _NUMBER)],
            )
        },
    }


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
    shown = _subscription()
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
        "Subscription": record(shown),
        "SubscriptionNow": record({**shown, **standing}),
        "SubscriptionWithSecret": record({**shown, **once}),
        "Subscriptions": record({"subscriptions": listed}),
        "SubscriptionsWithSecrets": record({"subscriptions": made}),
        "Previewed": _previewed(),
        **proof_schemas(),
        **subscription_answers(),
        **early_schemas(),
    }


def _subscription() -> Node:
    return {
        "id": _TEXT,
        "url": _TEXT,
        "filter": _TEXT,
        "within": {**_MAYBE_TEXT, "description": "the query that bounds all that its consumer gets"},
        "types": {"type": ["array", "null"], "items": {"enum": [*get_args(PublicType), *get_args(HealthType)]}},
        "status": {"enum": list(get_args(Status))},
        "reason": _MAYBE_TEXT,
        "failing_since": {**_MAYBE_TEXT, "format": "date-time"},
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


def _previewed() -> Node:
    day = record({"day": _TEXT, "scanned": _NUMBER, "matched": _NUMBER})
    entry: Node = {"seq": _NUMBER, "type": _TEXT, "timestamp": _TEXT, "article_id": _TEXT, "version": _NUMBER}
    entry |= {"headline": _MAYBE_TEXT, "matched": {**_TEXTS, "description": "the terms that held"}}
    shown: Node = {
        "since": {"type": "string", "format": "date-time"},
        "complete": {"type": "boolean", "description": "false when there was more than one answer looks at"},
        "scanned": _NUMBER,
        "count": {**_NUMBER, "description": "how many matched"},
        "per_day": {"type": "array", "items": day, "description": "newest first, UTC"},
        "terms": {"type": "object", "additionalProperties": _NUMBER, "description": "how often each term held"},
        "matched": {"type": "array", "items": record(entry), "description": "the newest, up to `limit`"},
    }
    return record(shown)
