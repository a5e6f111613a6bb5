"""The newsroom's taxonomy, read from taxonomy.toml and checked; finding its terms is left to matching.py."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from services.enrichment.matching import Alias, Case, How, Matcher, folded, lowered
from shared.newsroom import Invalid, Location
from shared.slugs import slug

FULL_NAME = "full-name"

TermId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9:/_.-]{0,127}$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class Entry(BaseModel):
    """A table of the file; a key it does not know is an error, since it is most likely misspelt."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AliasEntry(Entry):
    """Another spelling: a plain string, or a table with its case, what it is, and what it needs."""

    text: Said
    case: Case | None = None
    how: How | None = None
    needs: str | None = None


def _spelt_out(value: object) -> object:
    return {"text": value} if isinstance(value, str) else value


class TermEntry(Entry):
    """One [[term]]."""

    id: TermId
    name: Said
    kind: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]{0,30}$")] = "topic"
    slug: Slug | None = None
    case: Case | None = None
    same_as: tuple[Said, ...] = ()
    implies: tuple[str, ...] = ()
    aliases: tuple[Annotated[AliasEntry, BeforeValidator(_spelt_out)], ...] = ()


class MapEntry(Entry):
    """One [[source_map]]: what a source's category means here; source "*" is any."""

    source: str = "*"
    category: Said
    add: Annotated[tuple[str, ...], Field(min_length=1)]


class TaxonomyFile(Entry):
    """The whole of taxonomy.toml."""

    term: tuple[TermEntry, ...] = ()
    source_map: tuple[MapEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Term:
    """A term as tags carry it; `implies` holds all that follow from it, at any distance."""

    id: str
    slug: str
    name: str
    kind: str
    same_as: tuple[str, ...]
    implies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """All terms by id, the matcher of their spellings, and what the sources' categories mean."""

    terms: Mapping[str, Term]
    matcher: Matcher
    mapped: Mapping[tuple[str, str], tuple[str, ...]]
    named: Mapping[str, str]

    def of_category(self, source: str, label: str) -> tuple[Term, ...]:
        """Return the terms a source's category stands for: by the map, else by name, alias or slug."""
        key = _category_key(label)
        mapped = self.mapped.get((source, key)) or self.mapped.get(("*", key))
        if mapped:
            return tuple(self.terms[term] for term in mapped)
        named = self.named.get(key) or self.named.get(slug(label))
        return (self.terms[named],) if named else ()


def parse_taxonomy(document: dict[str, Any]) -> Taxonomy:
    """Build the taxonomy from its TOML document; raise ValidationError or Invalid with all that is wrong."""
    file = TaxonomyFile.model_validate(document)
    spellings = [(("term", at), alias) for at, entry in enumerate(file.term) for alias in _aliases(entry)]
    problems = [*_unlike(file.term), *_unknown(file), *_clashing(spellings), *_too_short(spellings)]
    if problems:
        raise Invalid(problems)
    aliases = list(dict.fromkeys(alias for _, alias in spellings))
    return Taxonomy(
        terms=_terms(file.term),
        matcher=Matcher(aliases),
        mapped={(entry.source, _category_key(entry.category)): entry.add for entry in file.source_map},
        named=_named(file.term, aliases),
    )


def _terms(entries: Iterable[TermEntry]) -> dict[str, Term]:
    implies = {entry.id: entry.implies for entry in entries}
    return {
        entry.id: Term(entry.id, _slug(entry), entry.name, entry.kind, entry.same_as, _closure(entry.id, implies))
        for entry in entries
    }


def _closure(term: str, implies: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Follow implications to their end; a circle ends where it began."""
    reached: dict[str, None] = {}
    waiting = list(implies[term])
    while waiting:
        following = waiting.pop()
        if following not in reached and following != term:
            reached[following] = None
            waiting += implies[following]
    return tuple(sorted(reached))


def _slug(entry: TermEntry) -> str:
    return entry.slug or slug(re.split(r"[/:]", entry.id)[-1])


def _aliases(entry: TermEntry) -> Iterator[Alias]:
    name = folded(entry.name)
    yield Alias(entry.id, name, entry.case or _usual_case(name, entry.kind), "name")
    for alias in entry.aliases:
        text = folded(alias.text)
        how = alias.how or ("surname" if alias.needs == FULL_NAME else "alias")
        yield Alias(entry.id, text, alias.case or _usual_case(text, entry.kind), how, alias.needs)


def _usual_case(text: str, kind: str) -> Case:
    """Take a spelling in capitals for an acronym, a topic in any case, and the rest for a name."""
    if text.isupper():
        return "exact"
    return "any" if kind == "topic" else "initial"


def _named(entries: Iterable[TermEntry], aliases: Iterable[Alias]) -> dict[str, str]:
    """Index what a category may be called: names and aliases that stand alone; a name wins over a slug."""
    named = {_slug(entry): entry.id for entry in entries}
    named |= {lowered(alias.text): alias.term for alias in aliases if alias.how == "alias" and not alias.needs}
    return named | {lowered(alias.text): alias.term for alias in aliases if alias.how == "name"}


def _category_key(label: str) -> str:
    return lowered(folded(" ".join(label.split())))


Problem = tuple[Location, str]


def _unlike(entries: Iterable[TermEntry]) -> Iterator[Problem]:
    ids: set[str] = set()
    slugs: dict[str, str] = {}
    for at, entry in enumerate(entries):
        if entry.id in ids:
            yield ("term", at, "id"), f"there are two terms {entry.id!r}"
        ids.add(entry.id)
        if not _slug(entry):
            yield ("term", at, "id"), f"{entry.id!r} gives no slug: give it a `slug` of its own"
        other = slugs.setdefault(_slug(entry), entry.id)
        if other != entry.id:
            yield ("term", at), f"{entry.id!r} has the same slug as {other!r}: give it a `slug` of its own"


def _unknown(file: TaxonomyFile) -> Iterator[Problem]:
    known = {entry.id for entry in file.term}
    for at, entry in enumerate(file.term):
        needs = (alias.needs for alias in entry.aliases if alias.needs not in (None, FULL_NAME))
        for key, wanted in (("implies", entry.implies), ("aliases", tuple(filter(None, needs)))):
            for term in wanted:
                if term not in known:
                    yield ("term", at, key), f"{entry.id!r} names the unknown term {term!r}"
    for at, mapping in enumerate(file.source_map):
        for term in mapping.add:
            if term not in known:
                yield (
                    ("source_map", at, "add"),
                    f"category {mapping.category!r} names the unknown term {term!r}",
                )


def _clashing(spellings: Iterable[tuple[Location, Alias]]) -> Iterator[Problem]:
    """Two terms may share a spelling only when what else is said can tell them apart."""
    owners: dict[str, str] = {}
    for where, alias in spellings:
        if alias.needs is None:
            other = owners.setdefault(lowered(alias.text), alias.term)
            if other != alias.term:
                yield where, f"{alias.text!r} is a spelling of {other!r} too: give one of them `needs`"


def _too_short(spellings: Iterable[tuple[Location, Alias]]) -> Iterator[Problem]:
    for where, alias in spellings:
        if len(alias.text) < 3 and alias.case != "exact" and alias.text.lower() != alias.text.upper():
            yield where, f'{alias.text!r} is too short to be matched in any case: set case = "exact"'
