"""What the API takes, by method and path."""

from __future__ import annotations

from services.reference.examples.things import CONSUMER, FEED, GHOST, NEW, PUSH, RECALL, SOURCE

ONE = "/api/v1/subscriptions/{id}"
ARTICLES = "/api/v1/articles"

REQUESTS: dict[tuple[str, str], object] = {
    ("post", ARTICLES): PUSH,
    ("post", f"{ARTICLES}/{{id}}/retract"): {
        "reason": "The bridge did not reopen; we mixed up two places of one name.",
        "replacement_url": "https://example.org/kursk-corrected",
    },
    ("post", "/api/v1/subscriptions"): NEW,
    ("post", "/api/v1/subscriptions/batch"): {"subscriptions": [NEW]},
    ("post", "/api/v1/subscriptions/preview"): {"filter": "tag:kursk-oblast", "days": 7, "limit": 1},
    ("patch", ONE): {"status": "paused", "rate_limit": 10, "digest": {"items": 20, "seconds": 60}},
    ("put", ONE): {"url": NEW["url"], "filter": NEW["filter"], "owner": CONSUMER["id"]},
    ("post", f"{ONE}/replay"): {"after_seq": 4173},
    ("post", f"{ONE}/rotate-secret"): {"overlap_seconds": 3600},
    ("post", "/api/v1/signing-keys/rotate"): {"overlap_seconds": 604800},
    ("post", "/api/v1/consumers"): {"name": "Partner Daily", "query": "section:world", "reuse": "full"},
    ("patch", "/api/v1/consumers/{id}"): {"embargo": "early"},
    ("post", "/api/v1/private-feeds"): {name: FEED[name] for name in ("consumer", "name", "query", "reuse")},
    ("post", "/api/v1/re-enrich"): {"since": RECALL["since"], "filter": RECALL["filter"]},
    ("post", "/api/v1/sources"): {"url": SOURCE["url"], "kind": "feed", "name": SOURCE["name"]},
    ("patch", "/api/v1/sources/{id}"): {"interval_minutes": 30, "reuse": "summary"},
    ("post", "/api/v1/sources/discover"): {"url": "https://news.example.org/"},
    ("post", "/api/v1/sources/opml"): '<opml version="2.0"><body><outline type="rss" '
    'xmlUrl="https://news.example.org/rss/"/></body></opml>',
    ("post", "/hooks/ghost/{source}"): GHOST,
    ("post", "/hooks/ghost/{source}/{event}"): GHOST,
    ("post", "/websub"): {
        "hub.mode": "subscribe",
        "hub.topic": "https://news.example.org/feeds/all.atom",
        "hub.callback": "https://reader.example/callback",
    },
}
