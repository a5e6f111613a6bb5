"""Throws made-up stories at enrichment: what it completes must hold what tests/enrichment/invariants.py says of it."""

from __future__ import annotations

import atheris

from tests.fuzz.fuzzing import fuzz

with atheris.instrument_imports(include=["services.enrichment"]):
    from services.enrichment.authors import parse_authors
    from services.enrichment.newsroom import Edition
    from services.enrichment.taxonomy import parse_taxonomy
    from shared.events import Category
    from tests.builders import an_article, an_ingested
    from tests.enrichment.invariants import checked

TERMS = [
    {"id": "place/north-korea", "name": "North Korea", "kind": "place", "aliases": [{"text": "DPRK", "case": "exact"}]},
    {"id": "org/hur", "name": "HUR", "kind": "org", "implies": ["geo/ua"], "aliases": ["military intelligence"]},
    {
        "id": "person/ryder",
        "name": "Patrick Ryder",
        "kind": "person",
        "aliases": [{"text": "Ryder", "needs": "full-name"}],
    },
    {"id": "topic/war", "name": "war", "aliases": ["war of words", "a war"]},
]
PEOPLE = [{"id": "ann", "name": "Ann Writer", "aliases": ["Енн Райтер"]}]
EDITION = Edition(parse_authors({"author": PEOPLE}), parse_taxonomy({"term": TERMS}), "0" * 16)


def one_input(data: bytes) -> None:
    """Complete one story: headline, byline, summary, category and body, a form feed between them."""
    parts = [*data.decode("utf-8", "surrogateescape" if data[:1] == b"!" else "replace").split("\f", 4), *5 * [""]]
    headline, byline, summary, category, body = parts[:5]
    article = an_article(headline=headline, summary=summary, body_html=body, authors=(), language=None)
    checked(an_ingested(article=article, byline=byline, categories=(Category(term=category),)), EDITION)


if __name__ == "__main__":
    fuzz(one_input, "texts")
