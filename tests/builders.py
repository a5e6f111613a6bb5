"""Valid articles and events; a test overrides only what it is about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from shared.events import Article, ArticleEnriched, ArticleIngested, Source
from shared.sealing import Sealer

MORNING = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
SEALS = Sealer(["a key for tests that is long enough"])


def an_article(**over: Any) -> Article:
    fields: dict[str, Any] = {
        "id": "desk-aaaaaaaaaaaaaaaaaaaa",
        "source": Source(id="desk", name="Sample Wire", url="https://news.example.org/"),
        "guid": "story-1",
        "url": "https://news.example.org/2026/story-1",
        "headline": "Ferry returns after eleven years",
        "body_html": "<p>The night ferry crosses the bay again.</p>",
        "language": "en",
        "published_at": MORNING,
        "ingested_at": MORNING,
    }
    return Article(**fields | over)


def a_push(**over: Any) -> dict[str, Any]:
    """Build the body of a pushed article, as plain values."""
    return {
        "source": {"id": "desk"},
        "guid": "story-1",
        "url": "https://example.org/story-1",
        "headline": "Ferry service resumes across the bay",
        "body_html": "<p>The ferry sails again.</p>",
        "authors": [{"name": "Ann Writer"}],
        "published_at": "2026-11-22T10:00:00Z",
    } | over


def an_ingested(**over: Any) -> ArticleIngested:
    fields: dict[str, Any] = {"occurred_at": MORNING, "correlation_id": "c-1", "article": an_article()}
    return ArticleIngested(**fields | over)


def an_enriched(**over: Any) -> ArticleEnriched:
    fields: dict[str, Any] = {
        "occurred_at": MORNING,
        "correlation_id": "c-1",
        "article": an_article(body_text="The night ferry crosses the bay again.", word_count=7, reading_minutes=1),
        "newsroom": "0123456789abcdef",
    }
    return ArticleEnriched(**fields | over)
