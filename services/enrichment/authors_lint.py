"""What is wrong with authors.toml as a whole: who stands there twice, cannot be reached, or answers to common words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.enrichment.authors_file import AuthorsFile
from shared.names import name_key
from shared.newsroom import Location

COMMON = frozenset(
    "admin agency analysis author blog business contributor correspondent culture desk editor editorial editors "
    "guest live local media national news newsroom opinion photo photographer politics press report reporter "
    "reporters science sponsored sport sports staff story tech the today update video web wire world writer "
    "autor auteur redaktion redaction redaccion redakciya redaktsiya redaktor avtor".split()
)
"""Keys of words that stand in bylines without meaning anyone; a desk may answer to them, no person or agency."""


@dataclass(frozen=True, slots=True)
class Called:
    """One profile by what leads to it: its name's key and its aliases', each with where it is said."""

    where: Location
    id: str
    person: bool
    desk: bool
    key: str
    aliases: tuple[tuple[str, str], ...]
    sources: tuple[str, ...]
    addressed: bool

    @property
    def anywhere(self) -> bool:
        """Tell whether bylines of any source may mean it: a desk of one source is its alone."""
        return not self.desk or not self.sources


def problems(file: AuthorsFile) -> list[tuple[Location, str]]:
    """Return everything that is wrong, each with its place and the reason."""
    called = list(_called(file))
    return [
        *_twice(called),
        *_nameless(called),
        *_common(called),
        *_shared_aliases(called),
        *_names_as_aliases(called),
        *_unreachable(called),
        *_repeated_rules(file),
    ]


def _called(file: AuthorsFile) -> Iterator[Called]:
    for at, person in enumerate(file.author):
        addressed = bool(person.url or any(person.links) or person.orcid)
        yield _one(("author", at), person.id, person.name, person.aliases, person.sources, addressed=addressed)
    for at, agency in enumerate(file.agency):
        yield _one(("agency", at), agency.id, agency.name, agency.aliases, (), addressed=bool(agency.url))
    for at, desk in enumerate(file.desk):
        sources = (desk.source,) if desk.source else ()
        yield _one(("desk", at), desk.id, desk.name or desk.match[0], desk.match, sources, addressed=bool(desk.url))


def _one(
    where: Location, id: str, name: str, aliases: Sequence[str], sources: tuple[str, ...], *, addressed: bool
) -> Called:
    key = name_key(name)
    others = tuple((alias, other) for alias in aliases if (other := name_key(alias)) != key)
    return Called(where, id, where[0] == "author", where[0] == "desk", key, others, sources, addressed)


def _twice(called: Sequence[Called]) -> Iterator[tuple[Location, str]]:
    seen: set[str] = set()
    for one in called:
        if one.id in seen:
            yield (*one.where, "id"), f"there are two entries {one.id!r}"
        seen.add(one.id)


def _nameless(called: Sequence[Called]) -> Iterator[tuple[Location, str]]:
    for one in called:
        if not one.key:
            yield (*one.where, "name"), "the name has no letters"
        for alias, key in one.aliases:
            if len(key) < 2:
                yield (*one.where, _field(one)), f"an alias ({alias}) is too short to mean anyone"


def _common(called: Sequence[Called]) -> Iterator[tuple[Location, str]]:
    for one in called:
        if one.desk:
            continue
        if one.key in COMMON:
            yield (*one.where, "name"), f"{one.key!r} is a common word of bylines"
        for alias, key in one.aliases:
            if key in COMMON:
                yield (*one.where, "aliases"), f"an alias ({alias}) is a common word of bylines; a [[desk]] may have it"


def _shared_aliases(called: Sequence[Called]) -> Iterator[tuple[Location, str]]:
    """Two profiles may share an alias only when their sources tell them apart."""
    owners: dict[tuple[str, str], str] = {}
    for one in called:
        for alias, key in one.aliases:
            for source in one.sources or ("*",):
                owner = owners.setdefault((key, source), one.id)
                if owner != one.id:
                    reason = f"an alias ({alias}) is {owner!r}'s too: tell them apart by `sources`"
                    yield (*one.where, _field(one)), reason


def _names_as_aliases(called: Sequence[Called]) -> Iterator[tuple[Location, str]]:
    """Find an alias that is another's name: it would take that one's bylines, save in sources of its own."""
    named = _by_key(called)
    for one in called:
        for alias, key in one.aliases:
            for other in named.get(key, ()):
                if other.id != one.id and (not other.sources or set(other.sources) & set(one.sources)):
                    yield (*one.where, _field(one)), f"an alias ({alias}) is the name of {other.id!r}"


def _unreachable(called: Sequence[Called]) -> Iterator[tuple[Location, str]]:
    """Say which profile no byline can lead to, for another is called the same wherever this one is."""
    named = _by_key(called)
    for one in called:
        rivals = [other for other in named[one.key] if other is not one]
        of_sources = {source for other in rivals for source in other.sources}
        by_name = not set(one.sources) <= of_sources or (one.anywhere and not any(other.anywhere for other in rivals))
        if rivals and not by_name and not one.aliases and not one.addressed:
            reason = f"no byline leads here, for {rivals[0].id!r} is called the same: give it `sources` or an alias"
            yield (*one.where, "name"), reason


def _by_key(called: Sequence[Called]) -> dict[str, list[Called]]:
    named: dict[str, list[Called]] = {}
    for one in called:
        named.setdefault(one.key, []).append(one)
    return named


def _repeated_rules(file: AuthorsFile) -> Iterator[tuple[Location, str]]:
    seen: set[tuple[str, str, str, str]] = set()
    for at, rule in enumerate(file.caption_rule):
        same = (rule.source, rule.at, rule.opens, rule.closes)
        if same in seen:
            yield ("caption_rule", at, "opens"), f"there are two such rules for {rule.source!r}"
        seen.add(same)


def _field(one: Called) -> str:
    return "match" if one.desk else "aliases"
