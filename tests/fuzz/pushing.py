"""Takes a pushed article as far as the ledger, without a store: checked, made an event, completed."""

from __future__ import annotations

import atheris

from tests.fuzz.checked import checked

with atheris.instrument_imports(include=["services.ingest.submission", "services.ingest.normalize"]):
    from services.enrichment.authors import parse_authors
    from services.enrichment.handlers import completed
    from services.enrichment.newsroom import Edition
    from services.enrichment.taxonomy import parse_taxonomy
    from services.ingest.normalize import event_of
    from services.ingest.source import Settings, Source
    from services.ingest.submission import Submission
    from shared.events import Article, to_json
    from tests.builders import MORNING

TERMS = [{"id": "place/bay", "name": "The Bay", "kind": "place"}, {"id": "topic/ferry", "name": "ferry"}]
PEOPLE = [{"id": "ann", "name": "Ann Writer", "bio": "Ann writes <of> ships & weather."}]
EDITION = Edition(parse_authors({"author": PEOPLE}), parse_taxonomy({"term": TERMS}), "0" * 16)
LEAST = {"source": {"id": "desk"}, "guid": "1", "headline": "A story"}
DESK = Source(Settings(id="desk", kind="push", origin="push"))


def pushed(data: bytes) -> Article | None:
    """Return what a body becomes, without the fields that are refused. Raises ValueError where it cannot be kept."""
    submission = checked(Submission, data, LEAST)
    if submission is None:
        return None
    article = completed(event_of(submission, DESK, None, MORNING, "c-1"), EDITION)
    if not article.headline.strip() or Article.model_validate_json(to_json(article)) != article:
        raise ValueError
    return article
