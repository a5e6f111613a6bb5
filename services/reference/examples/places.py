"""What stands in the addresses of examples: ids, slugs, queries."""

from __future__ import annotations

IDS: dict[str, str] = {
    "/api/v1/articles": "desk-nvkorfl25f4kpdlmsqls",
    "/api/v1/consumers": "partner-daily-335e64ae",
    "/api/v1/dead-letters": "article.ingested:0:1795940961753-0",
    "/api/v1/private-feeds": "55b2003ea87cd6f8",
    "/api/v1/re-enrich": "0d9b1a8c2f7e4536",
    "/api/v1/sources": "city-desk",
    "/api/v1/subscriptions": "sub_5f0c9e1b7a3d42e6",
    "/articles": "desk-nvkorfl25f4kpdlmsqls",
}
"""What stands for `{id}`, by what the path begins with."""

SLUGS: dict[str, str] = {
    "/feeds/authors": "tim-zadorozhnyy",
    "/feeds/languages": "uk",
    "/feeds/sections": "world",
    "/feeds/sources": "desk",
    "/feeds/tags": "kursk-oblast",
}
"""What stands for `{slug}`, likewise."""

PLACED: dict[str, str] = {
    "entry": "1795940961753-0",
    "source": "city-desk",
    "token": "TOKEN",
    "event": "post-published",
}
"""What stands for other names in a path."""

ASKED: dict[tuple[str, str], str] = {
    ("get", "/api/v1/events"): "after=41&limit=100&q=tag:kursk-oblast",
    ("get", "/events/stream"): "after=0&q=lang:en",
    ("get", "/search"): "q=bridge",
    ("get", "/api/v1/subscriptions/{id}/deliveries"): "outcome=failed&limit=20",
    ("get", "/api/v1/subscriptions/{id}/digest"): "from=4173&to=4182",
}
"""Queries, by method and path; feeds of a search have one of their own."""
