"""The newsroom's taxonomy, built of its entries, the gazetteer and the Media Topics; matching.py finds its terms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from services.enrichment import gazetteer
from services.enrichment.classifier import Classifier, parse_model
from services.enrichment.gazetteer import Gazetteer
from services.enrichment.matching import Alias, Case, Matcher, folded, lowered
from services.enrichment.taxonomy_entries import FULL_NAME, MapEntry, TaxonomyFile, TermEntry
from services.enrichment.taxonomy_lint import Known, Placed, Problem, errors, warnings
from services.enrichment.terms import Term
from services.enrichment.topics import Topics, parse_topics, topic_id
from shared.events import Category
from shared.newsroom import Invalid
from shared.slugs import slug

LONGEST_CATEGORY = 200
LINES = "taxonomy.jsonl"

HAVE_PLURALS = ("an", "en", "er", "i")
"""Endings of demonyms whose plural takes an s: Russians, Yemenis; of "Dutch" and "Japanese" there is none."""


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """The newsroom's terms by id, places and topics beside them, the matcher of all, and what categories mean.

    `warnings` are what is allowed and most likely not meant, each with its place in the file.
    """

    terms: Mapping[str, Term]
    places: Gazetteer
    topics: Topics
    matcher: Matcher
    mapped: Mapping[tuple[str, str], tuple[str, ...]]
    named: Mapping[str, str]
    classifier: Classifier
    warnings: tuple[Problem, ...] = ()

    def __contains__(self, term: str) -> bool:
        return term in self.terms or term in self.places.terms or term in self.topics.terms

    def term(self, term: str) -> Term:
        """Return the term of an id that a mention, a map or another term names: the newsroom's own comes first."""
        return self.terms.get(term) or self.places.terms.get(term) or self.topics.terms[term]

    def of_category(self, source: str, category: Category) -> tuple[Term, ...]:
        """Return the terms a source's category stands for: by the map, as a Media Topic, by name, alias or slug."""
        key = category_key(label_of(category))
        mapped = self.mapped.get((source, key)) or self.mapped.get(("*", key))
        if mapped:
            return tuple(self.term(term) for term in mapped)
        topic = topic_id(category.term) or topic_id(f"{category.scheme or ''}{category.term}")
        if topic is not None:
            known = self.named.get(topic) or (topic if topic in self.topics.terms else None)
            if known is not None:
                return (self.term(known),)
        named = self.named.get(key) or self.named.get(slug(label_of(category)))
        return (self.term(named),) if named else ()


def label_of(category: Category) -> str:
    """Return what a category is called, on one line."""
    return " ".join((category.label or category.term).split())[:LONGEST_CATEGORY]


def category_key(label: str) -> str:
    """Return what categories are compared by."""
    return lowered(folded(" ".join(label.split())))


def parse_taxonomy(
    document: dict[str, Any],
    lines: Sequence[Placed] = (),
    topics: Topics | None = None,
    classifier: Classifier | None = None,
) -> Taxonomy:
    """Build the taxonomy from its TOML document; raise ValidationError or Invalid with all that is wrong.

    `lines` are more terms with their places, as taxonomy.jsonl has them.
    """
    topics, classifier = topics or parse_topics({}), classifier or parse_model({})
    if not document and not lines and topics is parse_topics({}) and classifier is parse_model({}):
        return _bare()
    return _built(TaxonomyFile.model_validate(document), lines, topics, classifier)


@cache
def _bare() -> Taxonomy:
    """Build what every newsroom begins with, and one without a taxonomy stays with: places and topics alone."""
    return _built(TaxonomyFile(), (), parse_topics({}), parse_model({}))


def _built(file: TaxonomyFile, lines: Sequence[Placed], topics: Topics, classifier: Classifier) -> Taxonomy:
    entries = [*((("term", at), entry) for at, entry in enumerate(file.term)), *lines]
    spellings = [(where, alias) for where, entry in entries for alias in spelled(entry)]
    firm = {lowered(alias.text): alias for _, alias in reversed(spellings) if alias.needs is None}
    own = _terms([entry for _, entry in entries])
    without = frozenset(file.gazetteer.without)
    beside = gazetteer.beside(own, firm, without) if file.gazetteer.enabled else gazetteer.NONE
    topics = topics.apart({term.slug for found in (own, beside.terms) for term in found.values()})
    known = Known(frozenset(own), beside, topics)
    problems = list(errors(file, entries, spellings, known))
    if problems:
        raise Invalid([_told(problem) for problem in problems])
    aliases = [_alias(alias, beside) for alias in dict.fromkeys(alias for _, alias in spellings)]
    return Taxonomy(
        terms=_following(own, beside, topics),
        places=beside,
        topics=topics,
        matcher=Matcher([*aliases, *beside.aliases]),
        mapped={(entry.source, category_key(entry.category)): _added(entry, beside) for entry in file.source_map},
        named=_named([entry for _, entry in entries], aliases, beside),
        classifier=classifier,
        warnings=tuple(_told(problem) for problem in warnings(file, entries, spellings, known)),
    )


def _told(problem: Problem) -> Problem:
    """Name the file of a term that stands in the other one: problems are told as of taxonomy.toml."""
    where, reason = problem
    return (("", 1), f"{LINES}, line {where[1]}: {reason}") if where[0] == LINES else problem


def _terms(entries: Iterable[TermEntry]) -> dict[str, Term]:
    return {
        entry.id: Term(entry.id, entry.short, entry.name, entry.kind, entry.same_as, entry.implies) for entry in entries
    }


def _following(own: Mapping[str, Term], beside: Gazetteer, topics: Topics) -> dict[str, Term]:
    """Give each term all that follows from it, at any distance."""

    def direct(term: str) -> tuple[str, ...]:
        known = own.get(term) or beside.terms.get(term) or topics.terms[term]
        return tuple(beside.same.get(other, other) for other in known.implies)

    return {
        name: Term(name, term.slug, term.name, term.kind, term.same_as, _closure(name, direct), term.method)
        for name, term in own.items()
    }


def _closure(term: str, direct: Any) -> tuple[str, ...]:
    """Follow implications to their end; a circle ends where it began."""
    reached: set[str] = set()
    waiting = list(direct(term))
    while waiting:
        following = waiting.pop()
        if following not in reached and following != term:
            reached.add(following)
            waiting += direct(following)
    return tuple(sorted(reached))


def spelled(entry: TermEntry) -> Iterator[Alias]:
    """Yield a term's name and aliases as they are matched; the term's languages are the name's."""
    name = folded(entry.name)
    yield Alias(entry.id, name, entry.case or _usual_case(name, entry.kind), "name", languages=entry.languages)
    given = {alias.text for alias in entry.aliases}
    for alias in entry.aliases:
        text = folded(alias.text)
        how = alias.how or ("surname" if alias.needs == FULL_NAME else "alias")
        many = {f"{text}s"} - given if how == "demonym" and text.endswith(HAVE_PLURALS) else ()
        for spelling in (text, *many):
            case = alias.case or _usual_case(text, entry.kind)
            yield Alias(entry.id, spelling, case, how, alias.needs, languages=alias.languages)


def _usual_case(text: str, kind: str) -> Case:
    """Take a spelling in capitals for an acronym, a topic in any case, and the rest for a name."""
    if text.isupper():
        return "exact"
    return "any" if kind == "topic" else "initial"


def _alias(alias: Alias, beside: Gazetteer) -> Alias:
    """Let an alias that needs a place be content with the newsroom's own term of it."""
    needs = beside.same.get(alias.needs or "", alias.needs)
    return replace(alias, needs=needs)


def _added(entry: MapEntry, beside: Gazetteer) -> tuple[str, ...]:
    return tuple(beside.same.get(term, term) for term in entry.add)


def _named(entries: Iterable[TermEntry], aliases: Iterable[Alias], beside: Gazetteer) -> dict[str, str]:
    """Index what a category may be called: names and aliases that stand alone; a name wins over a slug."""
    own = [alias for alias in aliases if not alias.needs]
    spelled = {lowered(alias.text): alias.term for alias in beside.aliases if alias.how == "name" and not alias.needs}
    spelled |= {topic: entry.id for entry in entries for same in entry.same_as if (topic := topic_id(same))}
    spelled |= {entry.short: entry.id for entry in entries}
    spelled |= {lowered(alias.text): alias.term for alias in own if alias.how == "alias"}
    return spelled | {lowered(alias.text): alias.term for alias in own if alias.how == "name"}
