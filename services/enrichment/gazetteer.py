"""The places everybody knows, as terms beside the newsroom's own; which mentions are theirs is left to guard.py."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

from services.enrichment.matching import Alias, How, folded, lowered
from services.enrichment.terms import Term
from shared.slugs import slug

PREFIX = "geo/"
NO_PLACE = "-"
"""The term of phrases that only hold a place's name, as the Gulf of Mexico does."""


@dataclass(frozen=True, slots=True)
class Place:
    """A row of data/gazetteer.tsv; a spelling with "?" counts only where the term `needs` is mentioned too."""

    id: str
    number: str
    within: tuple[str, ...]
    needs: str | None
    names: tuple[str, ...]
    demonyms: tuple[str, ...]

    @property
    def name(self) -> str:
        """What it is called first."""
        return self.names[0].removeprefix("?")


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """The places that stand beside a taxonomy: their terms, spellings, what each lies in, and whom the others became.

    `same` leads from the id of a place to the taxonomy's own term of that name; `within` and `containers` (countries
    and regions) hold ids as they are in force.
    """

    terms: Mapping[str, Term]
    aliases: tuple[Alias, ...]
    within: Mapping[str, tuple[str, ...]]
    containers: AbstractSet[str]
    same: Mapping[str, str]


NONE = Gazetteer({}, (), {}, frozenset(), {})


@cache
def places() -> tuple[Place, ...]:
    """Read the places that come with the program; each is called `geo/` and its ISO 3166 code or GeoNames number."""
    return tuple(_place(line.split("\t")) for line in _text().splitlines() if not line.startswith("#"))


def _place(cells: list[str]) -> Place:
    identity, number, within, needs, names, demonyms = cells
    return Place(
        id=identity if identity == NO_PLACE else f"{PREFIX}{identity}",
        number=identity if identity.isdigit() else number,
        within=tuple(f"{PREFIX}{other}" for other in within.split(",") if other),
        needs=f"{PREFIX}{needs}" if needs else None,
        names=tuple(names.split("|")),
        demonyms=tuple(filter(None, demonyms.split("|"))),
    )


def beside(own: Mapping[str, Term], spelled: Mapping[str, Alias], without: AbstractSet[str]) -> Gazetteer:
    """Return the places to add to a newsroom's terms: one it has by name or id is its own, and so is a spelling it has.

    `spelled` leads from each lowered spelling that counts alone to its alias; `without` are places not wanted.
    """
    taken = {place.id: spelled[key] for place in places() if (key := lowered(folded(place.name))) in spelled}
    same = {place: alias.term for place, alias in taken.items() if alias.how in {"name", "alias"}}
    wanted = [place for place in places() if place.id not in taken and place.id not in own and place.id not in without]
    listed = [place for place in wanted if place.id != NO_PLACE]
    return Gazetteer(
        terms=_terms(listed, {term.slug for term in own.values()}),
        aliases=tuple(
            alias for place in wanted for alias in _aliases(place, same) if lowered(alias.text) not in spelled
        ),
        containers=frozenset(same.get(place.id, place.id) for place in places() if not place.id[4:].isdigit()),
        within={place.id: tuple(same.get(other, other) for other in place.within) for place in listed},
        same=same,
    )


def _terms(listed: Iterable[Place], slugs: set[str]) -> dict[str, Term]:
    terms = {NO_PLACE: Term(NO_PLACE, NO_PLACE, "", "phrase", (), (), "gazetteer")}
    for place in listed:
        country = place.within[-1].removeprefix(PREFIX) if place.within else "country"
        ways = (slug(place.name), slug(f"{place.name} {country}"), slug(place.id))
        short = next((way for way in ways if way not in slugs), ways[-1])
        slugs.add(short)
        known_as = (f"geonames:{place.number}",) if place.number else ()
        terms[place.id] = Term(place.id, short, place.name, "place", known_as, (), "gazetteer")
    return terms


def _aliases(place: Place, same: Mapping[str, str]) -> Iterator[Alias]:
    for how, spellings in (("name", place.names[:1]), ("alias", place.names[1:]), ("demonym", place.demonyms)):
        for text in spellings:
            yield _alias(place, text, how, same)  # type: ignore[arg-type]  # a loop over literals loses what they are


def _alias(place: Place, text: str, how: How, same: Mapping[str, str]) -> Alias:
    needs = same.get(place.needs, place.needs) if place.needs and text.startswith("?") else None
    text = folded(text.removeprefix("?"))
    return Alias(place.id, text, "exact" if text.isupper() else "initial", how, needs, guarded=True)


@cache
def digest() -> str:
    """Name the places' bytes: 64 hex digits."""
    return sha256(_text().encode()).hexdigest()


def _text() -> str:
    return (files("services.enrichment") / "data" / "gazetteer.tsv").read_text(encoding="utf-8")
