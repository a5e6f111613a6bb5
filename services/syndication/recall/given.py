"""Turns a kept version back into what its source gave; what enrichment makes of it is its own."""

from __future__ import annotations

from datetime import datetime

from shared.events import Article, ArticleRecalled, Given

MADE: dict[str, object] = {
    "body_text": "",
    "tags": (),
    "attributions": (),
    "duplicate_of": None,
    "revision_of": None,
    "word_count": 0,
    "reading_minutes": 0,
}
"""What enrichment makes of the rest."""


def recalled(article: Article, given: Given, moment: datetime, correlation_id: str) -> ArticleRecalled:
    """Return the event that sends an article back: the source's words where they were kept, the body made safe."""
    was = given.model_copy().model_dump(exclude={"byline", "categories"})
    as_given = {name: getattr(given, name) for name in was}
    return ArticleRecalled(
        occurred_at=moment,
        correlation_id=correlation_id,
        article=article.model_copy(update=MADE | as_given),
        byline=given.byline,
        categories=given.categories,
    )
