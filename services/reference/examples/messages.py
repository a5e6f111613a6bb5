"""The messages that subscribers are sent, as they look in truth: one of each type."""

from __future__ import annotations

from shared.openapi import Node

MOMENT = "2026-11-22T10:00:01.335706Z"
IDENTITY: Node = {
    "id": "desk-nvkorfl25f4kpdlmsqls",
    "version": 1,
    "status": "usable",
    "source": {"id": "desk", "name": "City Desk", "url": None},
    "guid": "kursk-1",
    "url": "https://example.org/kursk",
    "canonical_url": None,
}
TEXT = "Traffic crossed the bridge again on Sunday."
ARTICLE: Node = {
    **IDENTITY,
    "section": "World",
    "rights": None,
    "reuse": "full",
    "headline": "Bridge in Kursk Oblast reopens",
    "summary": None,
    "body_html": f"<p>{TEXT}</p>",
    "body_text": TEXT,
    "language": "en",
    "dateline": None,
    "published_at": "2026-11-22T10:00:00Z",
    "updated_at": None,
    "ingested_at": MOMENT,
    "embargoed_until": None,
    "authors": [
        {
            "id": None,
            "name": "Ann Writer",
            "kind": "person",
            "role": "Reporter",
            "bio": None,
            "avatar": None,
            "url": None,
            "links": [],
            "how": "unresolved",
        }
    ],
    "tags": [
        {
            "id": "place/kursk-oblast",
            "slug": "kursk-oblast",
            "name": "Kursk Oblast",
            "kind": "place",
            "same_as": ["https://www.wikidata.org/entity/Q3178"],
            "score": 3.0,
            "primary": True,
            "status": "applied",
            "method": "dictionary",
            "confidence": 0.95,
            "evidence": [{"zone": "headline", "start": 10, "end": 22, "text": "Kursk Oblast", "how": "name"}],
            "evidence_count": 1,
        }
    ],
    "images": [
        {
            "url": "https://example.org/bridge.jpg",
            "alt": "A bridge.",
            "caption": None,
            "credit": "Ann Writer",
            "type": None,
            "width": None,
            "height": None,
            "bytes": None,
            "lead": True,
        }
    ],
    "enclosures": [],
    "related": [],
    "attributions": [],
    "duplicate_of": None,
    "revision_of": None,
    "word_count": 7,
    "reading_minutes": 1,
    "corrections": [],
    "retraction": None,
}
SHORT: Node = {**IDENTITY, "version": 2, "headline": "Bridge in Kursk Oblast reopens to lorries"}
FIRST: Node = {"seq": 4173, "previous_seq": 4170, "article": ARTICLE, "changed": [], "matched": ["tag:kursk-oblast"]}
UPDATED: Node = {
    **FIRST,
    "seq": 4178,
    "previous_seq": 4173,
    "article": {**ARTICLE, **SHORT},
    "changed": ["headline"],
}
SUBJECT: Node = {
    "id": "sub_5f0c9e1b7a3d42e6",
    "description": "Kursk desk of Partner Daily",
    "owner": "partner-daily-335e64ae",
    "status": "active",
    "reason": None,
}
TIMES: Node = {"failing_since": "2026-11-22T08:00:00Z", "disabled_at": None}
LAST: Node = {
    "at": MOMENT,
    "seq": 4173,
    "article_id": IDENTITY["id"],
    "version": 1,
    "attempt": 10,
    "status": 503,
    "reason": "the receiver answered 503",
}


def message(type: str, data: Node) -> Node:
    """Return a message as it is sent."""
    return {"type": type, "timestamp": MOMENT, "data": data}


def _told(type: str, **data: object) -> Node:
    return message(type, {"subscription": SUBJECT, **data})


CORRECTED: Node = {**UPDATED, "changed": ["body_html"], "correction": "The bridge is open to lorries only."}
RETRACTED: Node = {
    **FIRST,
    "previous_seq": 4178,
    "seq": 4180,
    "article": {**IDENTITY, "version": 3, "status": "canceled"},
    "reason": "The bridge did not reopen; we mixed up two places of one name.",
    "replacement_url": "https://example.org/kursk-corrected",
}
EARLY: Node = {
    "embargoed_until": "2026-11-22T12:00:00Z",
    "previous_version": None,
    "article": {**ARTICLE, "embargoed_until": "2026-11-22T12:00:00Z"},
    "matched": ["tag:kursk-oblast"],
}
MESSAGES: dict[str, Node] = {
    "article.published": message("article.published", FIRST),
    "article.updated": message("article.updated", UPDATED),
    "article.corrected": message("article.corrected", CORRECTED),
    "article.retracted": message("article.retracted", RETRACTED),
    "article.embargoed": message("article.embargoed", EARLY),
    "article.withdrawn": message(
        "article.withdrawn", {"article": {**IDENTITY}, "published_version": None, "reason": "retracted"}
    ),
    "digest": message("digest", {"events": [message("article.published", FIRST)]}),
    "subscription.created": _told("subscription.created"),
    "subscription.updated": _told("subscription.updated"),
    "subscription.deleted": _told("subscription.deleted"),
    "subscription.failing": _told("subscription.failing", **TIMES),
    "subscription.disabled": _told("subscription.disabled", **TIMES | {"disabled_at": MOMENT}),
    "subscription.recovered": _told("subscription.recovered", **TIMES),
    "subscription.exhausted": _told("subscription.exhausted", count=3, since="2026-11-22T09:50:00Z", last=LAST),
    "subscription.verification": message(
        "subscription.verification", {"subscription": SUBJECT["id"], "challenge": "bQ1yZ0hHk3mV"}
    ),
    "webhook.test": message("webhook.test", {"subscription": SUBJECT["id"]}),
}
"""By type; what they tell of is one story and one subscription."""
