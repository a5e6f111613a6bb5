"""IPTC Media Topics: the top level that is always there, and the vocabulary an operator drops into the newsroom.

Terms for `medtop:NNNNNNNN` come of it; which article has one is for the source map and the taxonomy to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from services.enrichment.terms import Term
from shared.newsroom import Invalid
from shared.slugs import slug

CODE = re.compile(r"(?:medtop:|newscodes/mediatopic/)(\d{8})$")
WIKIDATA = re.compile(r"wikidata\.org/(?:entity|wiki)/(Q\d{1,12})$")
ENGLISH = ("en-GB", "en-US", "en")
MAX_TOPICS = 20_000
MAX_LINKS = 50
LONGEST_LABEL = 200
DEEPEST = 10

TOP_LEVEL = {
    "01": "arts, culture, entertainment and media",
    "02": "crime, law and justice",
    "03": "disaster, accident and emergency incident",
    "04": "economy, business and finance",
    "05": "education",
    "06": "environment",
    "07": "health",
    "08": "human interest",
    "09": "labour",
    "10": "lifestyle and leisure",
    "11": "politics",
    "12": "religion",
    "13": "science and technology",
    "14": "society",
    "15": "sport",
    "16": "conflict, war and peace",
    "17": "weather",
}
"""The 17 codes and English names at the top of the Media Topics (IPTC NewsCodes, cv.iptc.org/newscodes/mediatopic)."""


@dataclass(frozen=True, slots=True)
class Topics:
    """Media Topics as terms by id; `retired` are those the IPTC no longer wants used."""

    terms: Mapping[str, Term]
    retired: AbstractSet[str] = frozenset()

    def apart(self, slugs: AbstractSet[str]) -> Topics:
        """Return the same topics, those by their code whose slug another term has."""
        terms = {
            topic: replace(term, slug=topic.replace(":", "-")) if term.slug in slugs else term
            for topic, term in self.terms.items()
        }
        return Topics(terms, self.retired)


@dataclass(frozen=True, slots=True)
class Concept:
    """One topic of a vocabulary file."""

    label: str
    broader: tuple[str, ...]
    same_as: tuple[str, ...]
    retired: bool


def topic_id(text: str) -> str | None:
    """Return the `medtop:` id of a qcode or an address of the vocabulary; None when it is neither."""
    found = CODE.search(text[-100:].rstrip("/"))
    return f"medtop:{found[1]}" if found else None


def parse_topics(document: dict[str, Any]) -> Topics:
    """Read a vocabulary as the IPTC gives it in JSON (cptall-….json, or a knowledge item); raises Invalid.

    An empty document gives the top level. Broader topics are what a topic implies.
    """
    if not document:
        return _top_level()
    listed = document.get("conceptSet")
    if not isinstance(listed, Sequence) or isinstance(listed, str):
        raise Invalid([(("", 1), "this is no IPTC vocabulary: it has no list `conceptSet`")])
    if len(listed) > MAX_TOPICS:
        raise Invalid([(("", 1), f"it has more than {MAX_TOPICS} topics")])
    concepts = _foremost() | dict(_concepts(listed))
    return Topics(_terms(concepts), frozenset(topic for topic, concept in concepts.items() if concept.retired))


def _foremost() -> dict[str, Concept]:
    return {f"medtop:{code}000000": Concept(label, (), (), retired=False) for code, label in TOP_LEVEL.items()}


@cache
def _top_level() -> Topics:
    return Topics(_terms(_foremost()))


def _concepts(listed: Sequence[Any]) -> Iterator[tuple[str, Concept]]:
    for entry in listed:
        if not isinstance(entry, dict):
            continue
        topic = topic_id(str(entry.get("qcode") or entry.get("uri") or ""))
        label = _label(entry.get("prefLabel"))
        if topic and label:
            broader = tuple(filter(None, map(topic_id, _texts(entry.get("broader")))))
            matches = [*_texts(entry.get("exactMatch")), *_texts(entry.get("wikidata"))]
            same_as = tuple(f"wikidata:{found[1]}" for text in matches if (found := WIKIDATA.search(text)))
            yield topic, Concept(label, broader, same_as, retired=bool(entry.get("retired")))


def _label(labels: object) -> str | None:
    """Take the English label, else the first by language; a plain text is the label itself."""
    if isinstance(labels, dict):
        named = {str(key): text for key, text in labels.items() if isinstance(text, str) and text.strip()}
        key = next((key for key in ENGLISH if key in named), min(named, default=None))
        labels = named[key] if key is not None else None
    return " ".join(labels.split())[:LONGEST_LABEL] or None if isinstance(labels, str) else None


def _texts(value: object) -> list[str]:
    """Return what may be one address, a list of them, or nothing."""
    listed = value if isinstance(value, list) else [value]
    return [text for text in listed[:MAX_LINKS] if isinstance(text, str)]


def _terms(concepts: Mapping[str, Concept]) -> dict[str, Term]:
    terms: dict[str, Term] = {}
    slugs: set[str] = set()
    for topic, concept in sorted(concepts.items()):
        short = slug(concept.label)
        short = short if short and short not in slugs else topic.replace(":", "-")
        slugs.add(short)
        name = concept.label[:1].upper() + concept.label[1:]
        terms[topic] = Term(topic, short, name, "topic", concept.same_as, _above(topic, concepts), "source")
    return terms


def _above(topic: str, concepts: Mapping[str, Concept]) -> tuple[str, ...]:
    """Return all broader topics that are there; a circle, or a chain without end, is cut."""
    found: set[str] = set()
    level = {topic}
    for _ in range(DEEPEST):
        level = {up for at in level for up in concepts[at].broader if up in concepts} - found - {topic}
        found |= level
    return tuple(sorted(found))
