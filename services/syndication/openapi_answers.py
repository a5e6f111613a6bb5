"""What syndication's own paths answer, for the OpenAPI document; serves nothing."""

from __future__ import annotations

from typing import get_args

from services.syndication.feeds.formats import FORMATS
from services.syndication.webhooks.openapi_proofs import MAYBE_NUMBER, NUMBER, TEXT
from shared.events import PublicType, Reuse
from shared.openapi import REF, Node, record
from shared.recalls import Progress

MOMENT: Node = {"type": "string", "format": "date-time"}
MAYBE_TEXT: Node = {"type": ["string", "null"]}
ARTICLE: Node = {"$ref": REF + "Article"}


def answer_schemas() -> Node:
    """Return the schemas."""
    return {
        "Events": record({"events": rows(_event()), "next": NUMBER, "latest": NUMBER}),
        "Versions": record({"versions": rows(ARTICLE)}),
        "Cluster": _cluster(),
        "Embargoed": record({"embargoed": rows(_waiting()), "next": MAYBE_NUMBER}),
        **_consumers(),
        **_private_feeds(),
        **_operation(),
    }


def rows(item: Node) -> Node:
    """Return the schema of a list."""
    return {"type": "array", "items": item}


def _event() -> Node:
    told: Node = {"seq": NUMBER, "previous_seq": MAYBE_NUMBER, "article": {"type": "object"}}
    told |= {"changed": rows(TEXT), "matched": rows(TEXT)}
    event = {"seq": NUMBER, "type": {"enum": list(get_args(PublicType))}, "timestamp": MOMENT}
    return record({**event, "data": record(told, frozenset(("matched",)))})


def _waiting() -> Node:
    moment = {"id": TEXT, "version": NUMBER, "embargoed_until": MOMENT, "source": TEXT}
    return record({**moment, "published_version": MAYBE_NUMBER})


def _cluster() -> Node:
    member: Node = {
        "id": TEXT,
        "version": NUMBER,
        "relation": {"enum": ["first", "duplicate", "revision"]},
        "of": MAYBE_TEXT,
        "status": TEXT,
        "source": {"$ref": REF + "Source"},
        "headline": TEXT,
        "url": MAYBE_TEXT,
        "published_at": MOMENT,
        "word_count": NUMBER,
    }
    return record({"first": TEXT, "canonical": TEXT, "whole": {"type": "boolean"}, "members": rows(record(member))})


def _consumers() -> Node:
    known: Node = {"id": TEXT, "name": TEXT, "created_at": MOMENT, "query": TEXT}
    known |= {"reuse": {"enum": list(get_args(Reuse))}, "embargo": {"enum": ["early", None]}}
    free = frozenset(("embargo",))
    return {
        "Consumer": record(known, free),
        "ConsumerWithKey": record({**known, "key": MAYBE_TEXT}, free),
        "Consumers": record({"consumers": rows({"$ref": REF + "Consumer"})}),
    }


def _private_feeds() -> Node:
    known: Node = {"id": TEXT, "consumer": TEXT, "created_at": MOMENT, "name": TEXT, "query": TEXT}
    known |= {"reuse": {"enum": list(get_args(Reuse))}}
    urls = {ending.removesuffix(".rss") or ending: TEXT for ending in FORMATS}
    return {
        "PrivateFeed": record(known),
        "PrivateFeedWithUrls": record({**known, "urls": {"type": ["object", "null"], "properties": urls}}),
        "PrivateFeeds": record({"private_feeds": rows({"$ref": REF + "PrivateFeed"})}),
    }


def _operation() -> Node:
    letter = dict.fromkeys(("id", "stream", "group", "error", "traceback", "body"), TEXT) | {"tries": NUMBER}
    statuses = list(get_args(Progress.model_fields["status"].annotation))
    recall: Node = {"id": TEXT, "status": {"enum": statuses}, "since": MOMENT, "filter": TEXT}
    recall |= dict.fromkeys(("total", "done", "recalled"), NUMBER) | {"reason": TEXT}
    return {
        "DeadLetters": record({"dead_letters": rows(record(letter)), "count": NUMBER}),
        "Retried": record({"id": TEXT, "status": {"const": "retried"}}),
        "Recall": record(recall),
        "Health": record(
            {"status": TEXT, "problems": rows(TEXT), "warnings": rows(TEXT)}, frozenset(("problems", "warnings"))
        ),
    }
