"""What is wrong with a taxonomy (errors: the file is refused whole) and what is most likely not meant (warnings)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from services.enrichment.gazetteer import Gazetteer
from services.enrichment.matching import Alias, lowered
from services.enrichment.taxonomy_entries import FULL_NAME, TaxonomyFile, TermEntry
from services.enrichment.topics import Topics, topic_id
from shared.newsroom import Location

Problem = tuple[Location, str]
Placed = tuple[Location, TermEntry]
Spelling = tuple[Location, Alias]

FUNCTION_WORDS = frozenset(
    "a about again all also an and any are as at be been but by can could did do does for from had has have he her "
    "here his how i if in into is it its just may might more most must my new no not now of on one only or our out "
    "over said says shall she should so some than that the their then there these they this those to two under up us "
    "very was we were what when where which who why will with would yes you your".split()
)
FREQUENT_WORDS = frozenset(
    "april august business change city company country court day december family february first friday general "
    "government group head home house january july june last law life man march men minister monday money month "
    "national news november october office official party people place police power president public report saturday "
    "school second september service show state states story sunday system team thursday time times today tuesday "
    "wednesday week woman women work world year years".split()
)

ELSEWHERE = {
    word: spoken
    for spoken, words in {
        "German": "arm art bad fast gang gift gut hat hell kind land man rat rock see stand tag wall war",
        "French": "as but car chat coin court dans four fort main pain pays pour sale son tire vent",
        "Spanish": "come dice once pan red sin son",
        "Swedish": "barn fart slut",
        "Dutch": "door over week",
    }.items()
    for word in words.split()
}
"""Topics' names in English that are everyday words elsewhere."""

SAME_AS = {"wikidata:": re.compile(r"wikidata:Q[1-9]\d{0,11}"), "medtop:": re.compile(r"medtop:\d{8}")}


@dataclass(frozen=True, slots=True)
class Known:
    """The ids that entries may name."""

    own: AbstractSet[str]
    places: Gazetteer
    topics: Topics

    def __contains__(self, term: str) -> bool:
        return term in self.own or term in self.places.terms or term in self.places.same or term in self.topics.terms

    def is_silent(self, term: str) -> bool:
        """Tell whether a term is never found in a text: Media Topics come from sources and other terms only."""
        return term in self.topics.terms and term not in self.own


def errors(
    file: TaxonomyFile, entries: Sequence[Placed], spellings: Sequence[Spelling], known: Known
) -> Iterator[Problem]:
    """Yield what cannot be meant, each with its place."""
    yield from _unlike(entries)
    yield from _unknown(file, entries, known)
    yield from _clashing(spellings)
    yield from _unfit(spellings)
    yield from _impossible(spellings, known)
    yield from _mapped_twice(file)


def warnings(
    file: TaxonomyFile, entries: Sequence[Placed], spellings: Sequence[Spelling], known: Known
) -> Iterator[Problem]:
    """Yield what is most likely not meant, each with its place."""
    for where, alias in spellings:
        if alias.case != "exact" and alias.needs is None and lowered(alias.text) in FREQUENT_WORDS:
            yield where, f"{alias.text!r} is a common word, and will be found all over"
        elif alias.case == "any" and alias.needs is None and not alias.languages and lowered(alias.text) in ELSEWHERE:
            spoken = ELSEWHERE[lowered(alias.text)]
            yield where, f'{alias.text!r} is another word in {spoken}: set languages = ["en"], or whichever are meant'
    yield from _said_twice(spellings)
    yield from _retired(file, entries, known.topics)


def _unlike(entries: Iterable[Placed]) -> Iterator[Problem]:
    ids: set[str] = set()
    slugs: dict[str, str] = {}
    for where, entry in entries:
        if entry.id in ids:
            yield (*where, "id"), f"there are two terms {entry.id!r}"
        ids.add(entry.id)
        if not entry.short:
            yield (*where, "id"), f"{entry.id!r} gives no slug: give it a `slug` of its own"
        other = slugs.setdefault(entry.short, entry.id)
        if other != entry.id:
            yield where, f"{entry.id!r} has the same slug as {other!r}: give it a `slug` of its own"


def _unknown(file: TaxonomyFile, entries: Iterable[Placed], known: Known) -> Iterator[Problem]:
    for where, entry in entries:
        needs = tuple(alias.needs for alias in entry.aliases if alias.needs and alias.needs != FULL_NAME)
        for key, wanted in (("implies", entry.implies), ("aliases", needs)):
            for term in wanted:
                if term not in known:
                    yield (*where, key), f"{entry.id!r} names the unknown term {term!r}{_hint(term)}"
        for same in entry.same_as:
            scheme = next((scheme for scheme in SAME_AS if same.startswith(scheme)), None)
            if scheme and not SAME_AS[scheme].fullmatch(same):
                yield (*where, "same_as"), f"{same!r} is no id of {scheme.rstrip(':')}"
    for at, mapping in enumerate(file.source_map):
        for term in mapping.add:
            if term not in known:
                where = ("source_map", at, "add")
                yield where, f"category {mapping.category!r} names the unknown term {term!r}{_hint(term)}"


def _hint(term: str) -> str:
    if term.startswith("medtop:"):
        return ": put the IPTC's vocabulary beside this file as mediatopics.json, or make it a [[term]]"
    return ""


def _clashing(spellings: Iterable[Spelling]) -> Iterator[Problem]:
    """Two terms may share a spelling only when what else is said, or the language, can tell them apart."""
    owners: dict[str, list[Alias]] = {}
    for where, alias in spellings:
        if alias.needs is None:
            before = owners.setdefault(lowered(alias.text), [])
            other = next((one.term for one in before if one.term != alias.term and _meet(one, alias)), None)
            if other is not None:
                yield where, f"{alias.text!r} is a spelling of {other!r} too: give one of them `needs`"
            before.append(alias)


def _meet(one: Alias, other: Alias) -> bool:
    """Tell whether there are texts in which both are looked for."""
    return not (one.languages and other.languages) or bool({*one.languages} & {*other.languages})


def _unfit(spellings: Iterable[Spelling]) -> Iterator[Problem]:
    """Find what would match everywhere, or nowhere."""
    for where, alias in spellings:
        text = alias.text
        if not any(letter.isalnum() for letter in text):
            yield where, f"{text!r} has no letter or digit to be found by"
        elif alias.case != "exact" and len(text) < 3 and text.lower() != text.upper():
            yield where, f'{text!r} is too short to be matched in any case: set case = "exact"'
        elif alias.case != "exact" and (alias.needs is None or alias.case == "any") and text.lower() in FUNCTION_WORDS:
            yield where, f'{text!r} is a common word: set case = "exact", or `needs`'


def _impossible(spellings: Sequence[Spelling], known: Known) -> Iterator[Problem]:
    """Find needs that are never met, and needs by which one term would take every mention of another."""
    firm: dict[str, set[str]] = {}
    for _, alias in spellings:
        if alias.needs is None:
            firm.setdefault(alias.term, set()).add(lowered(alias.text))
    for where, alias in spellings:
        text = lowered(alias.text)
        if alias.needs == FULL_NAME and not any(len(full) > len(text) for full in firm[alias.term]):
            yield where, f"{alias.text!r} needs the full name, and {alias.term!r} has none that is longer"
        elif alias.needs and known.is_silent(alias.needs):
            yield where, f"{alias.text!r} needs {alias.needs!r}, which is never found in a text"
        elif alias.needs and alias.needs != alias.term and text in firm.get(alias.needs, ()):
            yield where, f"{alias.text!r} would take every mention of {alias.needs!r}, which would never be found"


def _mapped_twice(file: TaxonomyFile) -> Iterator[Problem]:
    seen: set[tuple[str, str]] = set()
    for at, mapping in enumerate(file.source_map):
        key = (mapping.source, mapping.category.lower())
        if key in seen:
            yield ("source_map", at), f"category {mapping.category!r} of {mapping.source!r} is mapped twice"
        seen.add(key)


def _said_twice(spellings: Iterable[Spelling]) -> Iterator[Problem]:
    seen: Counter[tuple[str, str]] = Counter()
    needing: dict[tuple[str, str], str] = {}
    for where, alias in spellings:
        key = (alias.term, lowered(alias.text))
        seen[key] += 1
        if seen[key] == 2:
            yield where, f"{alias.text!r} stands twice in {alias.term!r}"
        if alias.needs and alias.needs != FULL_NAME:
            other = needing.setdefault((key[1], alias.needs), alias.term)
            if other != alias.term:
                yield where, f"{alias.text!r} means {other!r} too where {alias.needs!r} is said: one is never found"


def _retired(file: TaxonomyFile, entries: Iterable[Placed], topics: Topics) -> Iterator[Problem]:
    for where, entry in entries:
        for key, said in (("implies", entry.implies), ("same_as", entry.same_as)):
            for text in said:
                if topic_id(text) in topics.retired:
                    yield (*where, key), f"the IPTC has retired {text!r}"
    for at, mapping in enumerate(file.source_map):
        for term in mapping.add:
            if term in topics.retired:
                yield ("source_map", at, "add"), f"the IPTC has retired {term!r}"
