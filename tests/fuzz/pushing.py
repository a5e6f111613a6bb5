"""Takes a pushed article as far as the ledger, without a store: checked, made an event, completed."""

from __future__ import annotations

import atheris  # type: ignore[import-untyped,import-not-found,unused-ignore]  # it brings no types

with atheris.instrument_imports(include=["services.ingest.submission", "services.ingest.normalize"]):
    from pydantic import ValidationError

    from services.enrichment.authors import parse_authors
    from services.enrichment.handlers import completed
    from services.enrichment.newsroom import Edition
    from services.enrichment.taxonomy import parse_taxonomy
    from services.ingest.cms.values import document
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
    submission = _checked(data)
    if submission is None:
        return None
    article = completed(event_of(submission, DESK, None, MORNING, "c-1"), EDITION)
    if not article.headline.strip() or Article.model_validate_json(to_json(article)) != article:
        raise ValueError
    return article


def _checked(data: bytes) -> Submission | None:
    try:
        return Submission.model_validate_json(data)
    except ValidationError as error:
        wrong = {fault["loc"][0] for fault in error.errors(include_url=False, include_input=False) if fault["loc"]}
    given = document(data)
    if not isinstance(given, dict) or not wrong:
        return None
    try:
        return Submission.model_validate(LEAST | {name: value for name, value in given.items() if name not in wrong})
    except ValidationError:
        return None
