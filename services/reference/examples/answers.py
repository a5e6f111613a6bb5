"""What the API gives, by method and path."""

from __future__ import annotations

from services.reference.examples.messages import ARTICLE, MOMENT, SHORT, UPDATED, message
from services.reference.examples.places import IDS
from services.reference.examples.things import (
    ATTEMPT,
    CONFIRMED,
    CONSUMER,
    COUNTS,
    FEED,
    KEY,
    NEW,
    RECALL,
    SECRET,
    SOURCE,
    SUBSCRIPTION,
)

ONE = "/api/v1/subscriptions/{id}"
ARTICLES = "/api/v1/articles"

ANSWERS: dict[tuple[str, str], object] = {
    ("post", ARTICLES): {"id": ARTICLE["id"], "version": 1, "status": "accepted"},
    ("post", f"{ARTICLES}/{{id}}/retract"): {"id": ARTICLE["id"], "version": 3, "status": "accepted"},
    ("get", f"{ARTICLES}/{{id}}"): ARTICLE,
    ("get", f"{ARTICLES}/{{id}}/embargoed"): {**ARTICLE, "embargoed_until": "2026-11-22T12:00:00Z"},
    ("get", f"{ARTICLES}/embargoed"): {
        "embargoed": [
            {
                "id": ARTICLE["id"],
                "version": 1,
                "embargoed_until": "2026-11-22T12:00:00Z",
                "source": "desk",
                "published_version": None,
            }
        ],
        "next": None,
    },
    ("get", f"{ARTICLES}/{{id}}/versions"): {"versions": [ARTICLE]},
    ("get", f"{ARTICLES}/{{id}}/cluster"): {
        "first": ARTICLE["id"],
        "canonical": ARTICLE["id"],
        "whole": True,
        "members": [
            {
                "id": ARTICLE["id"],
                "version": 2,
                "relation": "first",
                "of": None,
                "status": "usable",
                "source": ARTICLE["source"],
                "headline": SHORT["headline"],
                "url": ARTICLE["url"],
                "published_at": ARTICLE["published_at"],
                "word_count": 7,
            }
        ],
    },
    ("get", f"{ARTICLES}/{{id}}/receipts"): {
        "article_id": ARTICLE["id"],
        "headline": SHORT["headline"],
        "latest": {"seq": 4178, "version": 2, "type": "article.updated"},
        "subscriptions": 1,
        "confirmed": 1,
        "outstanding": 0,
        "receipts": [
            {
                "subscription": SUBSCRIPTION["id"],
                "url": SUBSCRIPTION["url"],
                "status": "active",
                "assigned": CONFIRMED,
                "confirmed": CONFIRMED,
                "current": True,
                "outstanding": False,
            }
        ],
        "next": None,
    },
    ("get", f"{ARTICLES}/{{id}}/embargoed/receipts"): {
        "article_id": ARTICLE["id"],
        "version": 1,
        "embargoed_until": "2026-11-22T12:00:00Z",
        "published_version": None,
        "receipts": [
            {
                "subscription": SUBSCRIPTION["id"],
                "url": SUBSCRIPTION["url"],
                "owner": SUBSCRIPTION["owner"],
                "trusted": True,
                "next": None,
                "deliveries": [
                    {
                        "type": "article.embargoed",
                        "version": 1,
                        "state": "delivered",
                        "acknowledged_at": MOMENT,
                        "first_attempt_at": MOMENT,
                        "last_at": MOMENT,
                        "attempts": 1,
                    }
                ],
            }
        ],
    },
    ("get", "/api/v1/retractions"): {
        "retractions": [
            {
                "seq": 4180,
                "article_id": ARTICLE["id"],
                "headline": SHORT["headline"],
                "version": 3,
                "timestamp": MOMENT,
                "reason": "The bridge did not reopen; we mixed up two places of one name.",
                "subscriptions": 12,
                "confirmed": 11,
                "outstanding": 1,
                "slowest_ms": 840,
            }
        ],
        "next": None,
    },
    ("get", "/api/v1/events"): {
        "events": [{"seq": 4178, **message("article.updated", {**UPDATED, "article": SHORT})}],
        "next": 4178,
        "latest": 4182,
    },
    ("get", "/api/v1/subscriptions"): {"subscriptions": [SUBSCRIPTION]},
    ("post", "/api/v1/subscriptions"): {**SUBSCRIPTION, **SECRET},
    ("post", "/api/v1/subscriptions/batch"): {"subscriptions": [{**SUBSCRIPTION, **SECRET}]},
    ("get", ONE): {**SUBSCRIPTION, "missed_from": None, "waiting": 0, "next_attempt": None},
    ("patch", ONE): {**SUBSCRIPTION, "status": "paused", "rate_limit": 10, "digest": {"items": 20, "seconds": 60}},
    ("put", ONE): SUBSCRIPTION,
    ("post", "/api/v1/subscriptions/preview"): {
        "since": "2026-11-15T10:00:00Z",
        "complete": True,
        "scanned": 812,
        "count": 31,
        "per_day": [{"day": "2026-11-22", "scanned": 120, "matched": 5}],
        "terms": {"tag:kursk-oblast": 31},
        "matched": [
            {
                "seq": 4173,
                "type": "article.published",
                "timestamp": MOMENT,
                "article_id": ARTICLE["id"],
                "version": 1,
                "headline": ARTICLE["headline"],
                "matched": ["tag:kursk-oblast"],
            }
        ],
    },
    ("post", f"{ONE}/test"): {
        "webhook_id": "msg_test4f1c",
        "delivered": False,
        "status": 404,
        "reason": "the receiver answered 404",
        "ms": 5.22,
        "body": "",
    },
    ("post", f"{ONE}/verify"): {"verified": True, "status": 204, "reason": None, "ms": 12.4},
    ("post", f"{ONE}/replay"): {"queued": 9, "next": None},
    ("post", f"{ONE}/rotate-secret"): {
        "id": SUBSCRIPTION["id"],
        "secret": SECRET["secret"],
        "overlap_seconds": 3600,
    },
    ("get", f"{ONE}/deliveries"): {
        "deliveries": [ATTEMPT],
        "next": None,
    },
    ("get", f"{ONE}/deliveries/{{entry}}"): {
        **ATTEMPT,
        "request": {
            "method": "POST",
            "url": SUBSCRIPTION["url"],
            "headers": {"webhook-id": ATTEMPT["webhook_id"], "content-type": "application/json"},
            "body": "{…}",
            "same": True,
            "reached": True,
        },
        "unshown": None,
        "headline": ARTICLE["headline"],
        "together": 1,
    },
    ("get", f"{ONE}/digest"): {
        "from": 4173,
        "to": 4182,
        "count": 2,
        "hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "algorithm": "sha256",
        "complete": True,
        "confirmed": 2,
        "waiting": 0,
        "given_up": 0,
        "unknown": 0,
        "outstanding": [],
    },
    ("get", f"{ONE}/stats"): {"last_24h": COUNTS, "last_7d": COUNTS},
    ("get", "/api/v1/consumers"): {"consumers": [CONSUMER]},
    ("post", "/api/v1/consumers"): {**CONSUMER, "key": "wrk_partner-daily-335e64ae_95b67327f4d8b1d2504b99e4"},
    ("patch", "/api/v1/consumers/{id}"): {**CONSUMER, "embargo": "early"},
    ("get", "/api/v1/private-feeds"): {"private_feeds": [FEED]},
    ("post", "/api/v1/private-feeds"): {
        **FEED,
        "urls": {"rss": "https://news.example.org/feeds/private/55b2003ea87cd6f8-f598425da2ad7c37.rss"},
    },
    ("post", "/api/v1/signing-keys/rotate"): {"key": KEY, "overlap_seconds": 604800},
    ("get", "/.well-known/jwks.json"): {"keys": [KEY]},
    ("post", "/api/v1/re-enrich"): {**RECALL, "status": "waiting", "total": 0, "done": 0, "recalled": 0},
    ("get", "/api/v1/re-enrich/{id}"): RECALL,
    ("get", "/api/v1/dead-letters"): {
        "dead_letters": [
            {
                "id": IDS["/api/v1/dead-letters"],
                "stream": "article.ingested",
                "group": "enrichment",
                "error": "ValueError: a body that nobody foresaw",
                "traceback": "Traceback (most recent call last): …",
                "tries": 5,
                "body": "{…}",
            }
        ],
        "count": 1,
    },
    ("post", "/api/v1/dead-letters/{id}/retry"): {"id": IDS["/api/v1/dead-letters"], "status": "retried"},
    ("get", "/api/v1/sources"): {"sources": [SOURCE], "next": None},
    ("post", "/api/v1/sources"): SOURCE,
    ("get", "/api/v1/sources/{id}"): SOURCE,
    ("patch", "/api/v1/sources/{id}"): {**SOURCE, "interval_minutes": 30, "reuse": "summary"},
    ("post", "/api/v1/sources/discover"): {
        "url": "https://news.example.org/",
        "title": "City Desk",
        "feeds": [
            {
                "url": "https://news.example.org/rss/",
                "kind": "feed",
                "how": "named by the page",
                "title": "City Desk",
                "type": "application/rss+xml",
                "items": 20,
                "items_preview": [{"headline": ARTICLE["headline"], "url": ARTICLE["url"], "full_text": True}],
                "note": None,
            }
        ],
        "problems": [],
    },
    ("post", "/api/v1/sources/opml"): {
        "counts": {"added": 1, "known": 0, "refused": 0},
        "added": [{"url": SOURCE["url"], "title": "City Desk", "id": "city-desk", "reason": None}],
        "known": [],
        "refused": [],
    },
    ("get", "/api/v1/subscriptions/export"): {
        "subscriptions": [{"id": SUBSCRIPTION["id"], "owner": None, "status": "active", "url": NEW["url"]}]
    },
    ("post", "/hooks/ghost/{source}"): {"status": "accepted", "id": ARTICLE["id"], "version": 1},
    ("post", "/hooks/ghost/{source}/{event}"): {"status": "accepted", "id": ARTICLE["id"], "version": 1},
    ("get", "/healthz"): {"status": "ok"},
    ("get", "/readyz"): {"status": "ready", "problems": [], "warnings": []},
}
