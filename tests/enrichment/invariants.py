"""What holds of every article that was completed, whatever its source sent; the fuzzer and a test ask for it."""

from __future__ import annotations

from services.enrichment import clean, related
from services.enrichment.duplicates import signature
from services.enrichment.duplicates.signature import BANDS, LANES
from services.enrichment.handlers import completed
from services.enrichment.newsroom import Edition
from services.enrichment.related.words import WORDS
from services.enrichment.tags import zones_of
from shared.events import Article, ArticleIngested, to_json


def checked(event: ArticleIngested, edition: Edition) -> Article:
    """Complete an article and return it. Raises AssertionError where something does not hold of it."""
    done = completed(event, edition)
    assert to_json(done) == to_json(completed(event, edition)), "the same input gives the same bytes"
    assert clean.cleaned(done.body_html, event.article.url).html == done.body_html, "what is safe stays as it is"
    _pointing(done)
    _telling(done)
    return done


def _pointing(done: Article) -> None:
    """Look whether every place that is named is the place that is meant."""
    zones = zones_of(done)
    for tag in done.tags:
        for one in tag.evidence:
            if one.zone in ("headline", "summary", "body", "related"):
                assert zones[one.zone][one.start : one.end] == one.text, (tag.id, one)
    for said in done.attributions:
        if said.verb != "dateline":
            assert " ".join(done.body_text[said.offset :].lower().split()).startswith(said.verb), said


def _telling(done: Article) -> None:
    """Look whether what finds neighbours has the form that its keys are made of."""
    given = signature(done.headline, done.body_text)
    assert given is None or (len(given.lanes), len(given.lead), len(given.exact)) == (LANES, 4 * BANDS, 8)
    told = related.told_by(done)
    assert told is None or len(told.self.words) == 2 * WORDS
