"""The things that examples are about: a subscription, a consumer, a source, an article to push."""

from __future__ import annotations

from services.reference.examples.messages import ARTICLE, MOMENT
from shared.openapi import Node

SUBSCRIPTION: Node = {
    "id": "sub_5f0c9e1b7a3d42e6",
    "url": "https://partner.example/hook",
    "filter": "tag:kursk-oblast OR author:tim-zadorozhnyy",
    "within": None,
    "types": None,
    "status": "active",
    "reason": None,
    "failing_since": None,
    "description": "Kursk desk of Partner Daily",
    "owner": "partner-daily-335e64ae",
    "created_at": MOMENT,
    "headers": ["X-Desk"],
    "signing": "v1",
    "format": "standard",
    "payload": "full",
    "fields": None,
    "reuse": "full",
    "auth": {"type": "bearer"},
    "client_certificate": None,
    "schedule": [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400],
    "max_in_flight": 64,
    "rate_limit": None,
    "digest": None,
    "verify": None,
    "delivery": "at-least-once",
    "exit_notices": True,
    "embargoed": False,
}
NEW: Node = {
    "url": "https://partner.example/hook",
    "filter": "tag:kursk-oblast OR author:tim-zadorozhnyy",
    "description": "Kursk desk of Partner Daily",
    "from": {"last": 10},
    "headers": {"X-Desk": "kursk"},
    "auth": {"type": "bearer", "token": "0123456789abcdef"},
    "schedule": [5, 300, 1800, 7200],
}
SECRET: Node = {"secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", "starts_at": 4173}
CONSUMER: Node = {
    "id": "partner-daily-335e64ae",
    "name": "Partner Daily",
    "created_at": MOMENT,
    "query": "section:world",
    "reuse": "full",
}
KEY: Node = {
    "kty": "OKP",
    "crv": "Ed25519",
    "x": "3NTjnKpq1ItzHNhPMML490yY19Nc3pdhKQ6G-oTvtpI",
    "kid": "SXm0nxcyykxq8_LrN4z1SgLwmNBk-9Q7RkbSgJwktG4",
    "alg": "EdDSA",
    "use": "sig",
    "whpk": "whpk_3NTjnKpq1ItzHNhPMML490yY19Nc3pdhKQ6G+oTvtpI=",
}
SOURCE: Node = {
    "id": "city-desk",
    "kind": "feed",
    "url": "https://news.example.org/rss/",
    "name": "City Desk",
    "home": "https://news.example.org/",
    "interval_minutes": 15,
    "origin": "api",
    "active": True,
    "status": "active",
    "polled_at": MOMENT,
    "failures": 0,
    "error": None,
    "items_a_day": 42.5,
    "identity": "guid",
    "quality": "strict",
}
FEED: Node = {
    "id": "55b2003ea87cd6f8",
    "consumer": "partner-daily-335e64ae",
    "created_at": MOMENT,
    "name": "World, headlines and summaries",
    "query": "section:world",
    "reuse": "summary",
}
PUSH: Node = {
    "source": {"id": "desk", "name": "City Desk"},
    "guid": "kursk-1",
    "url": "https://example.org/kursk",
    "headline": "Bridge in Kursk Oblast reopens",
    "body_html": "<p>Traffic crossed the bridge again on Sunday.</p>",
    "authors": [{"name": "Ann Writer", "role": "Reporter"}],
    "images": [{"url": "https://example.org/bridge.jpg", "alt": "A bridge.", "credit": "Ann Writer"}],
    "categories": ["World"],
    "published_at": "2026-11-22T10:00:00Z",
}
RECALL: Node = {
    "id": "0d9b1a8c2f7e4536",
    "status": "running",
    "since": "2026-11-15T00:00:00Z",
    "filter": "tag:kursk-oblast",
    "total": 1204,
    "done": 300,
    "recalled": 17,
    "reason": "asked for by the admin",
}
CONFIRMED: Node = {
    "seq": 4178,
    "version": 2,
    "type": "article.updated",
    "state": "confirmed",
    "at": MOMENT,
    "ms": 21,
    "attempts": 1,
}
GHOST: Node = {"post": {"current": {"id": "63f1c0", "title": "Bridge reopens", "status": "published"}}}
COUNTS: Node = {
    "attempts": 1210,
    "delivered": 1198,
    "given_up": 0,
    "unknown": 0,
    "no_longer_kept": 0,
    "attempt_success_rate": 0.9901,
    "success_rate": 1.0,
    "publish_to_ack_ms": {"p50": 21, "p95": 48, "p99": 1250},
}
ATTEMPT: Node = {
    "id": "1795940961753-0",
    "at": "2026-11-29T08:29:21.753000Z",
    "webhook_id": "msg_PXz-JllRrpXluEP5q2LAqbCO",
    "seq": 4173,
    "type": "article.published",
    "article_id": ARTICLE["id"],
    "version": 1,
    "attempt": 1,
    "outcome": "retry",
    "status": 503,
    "reason": "the receiver answered 503",
    "ms": 20.5,
    "next_attempt": "2026-11-29T08:29:26.733000Z",
    "body": "try again later",
}
