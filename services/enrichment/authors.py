"""The people, agencies and desks the newsroom knows, read from authors.toml; who is meant is left to linking.py."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from services.enrichment.agencies import Agencies, Agency, agencies
from services.enrichment.authors_file import AuthorEntry, AuthorsFile
from services.enrichment.authors_lint import problems
from services.enrichment.byline import Known
from services.enrichment.captions import CreditRule
from shared.events import Author
from shared.names import name_key
from shared.newsroom import Invalid

T = TypeVar("T")

Kind = Literal["person", "agency", "desk"]

ORCID = "https://orcid.org/"


@dataclass(frozen=True, slots=True)
class Profile:
    """Someone the newsroom knows: what articles show, and the keys that lead here; `outlet` is for editors alone."""

    kind: Kind
    author: Author
    key: str
    aliases: tuple[str, ...]
    sources: tuple[str, ...]
    outlet: str | None = None


@dataclass(frozen=True, slots=True)
class AuthorBook:
    """All profiles, by id, address, key of the name and key of each alias; the agencies, and the sources' captions."""

    by_id: Mapping[str, Profile]
    by_address: Mapping[str, Profile]
    by_name: Mapping[str, tuple[Profile, ...]]
    by_alias: Mapping[str, tuple[Profile, ...]]
    known: Known
    agencies: Agencies
    credit_rules: Mapping[str, tuple[CreditRule, ...]]


def parse_authors(document: dict[str, Any], site: str = "") -> AuthorBook:
    """Build the book from its TOML document; raise ValidationError or Invalid with all that is wrong.

    The newsroom's own pictures are below `site`, the address without a slash at its end.
    """
    file = AuthorsFile.model_validate(document)
    wrong = problems(file)
    if wrong:
        raise Invalid(wrong)
    profiles = list(_profiles(file, site))
    return AuthorBook(
        by_id={str(profile.author.id): profile for profile in profiles},
        by_address={link: profile for profile in profiles for link in addresses_of(profile.author)},
        by_name=_grouped((profile.key, profile) for profile in profiles),
        by_alias=_grouped((alias, profile) for profile in profiles for alias in profile.aliases),
        known=Known(*(_keys(profiles, kind) for kind in ("person", "agency", "desk"))),
        agencies=agencies(Agency(one.name, one.aliases, one.kind != "pictures") for one in file.agency),
        credit_rules=_grouped(
            (rule.source, CreditRule(rule.opens, rule.closes, starts=rule.at == "start", keep=rule.keep))
            for rule in file.caption_rule
        ),
    )


def addresses_of(author: Author) -> Iterator[str]:
    """Yield the addresses that stand for an author, without a closing slash."""
    return (link.rstrip("/") for link in (author.url, *author.links) if link)


def _profiles(file: AuthorsFile, site: str) -> Iterator[Profile]:
    for person in file.author:
        yield _known("person", _person(person, site), person.aliases, person.sources, person.outlet)
    for agency in file.agency:
        author = Author(id=agency.id, name=agency.name, kind="agency", url=agency.url or None)
        yield _known("agency", author, agency.aliases, ())
    for desk in file.desk:
        author = Author(
            id=desk.id,
            name=desk.name or desk.match[0],
            kind="desk",
            bio=" ".join(desk.bio.split()) or None,
            url=desk.url or None,
        )
        yield _known("desk", author, desk.match, (desk.source,) if desk.source else ())


def _person(entry: AuthorEntry, site: str) -> Author:
    links = (*entry.links, ORCID + entry.orcid if entry.orcid else "")
    return Author(
        id=entry.id,
        name=entry.name,
        role=entry.role,
        bio=" ".join(entry.bio.split()) or None,
        avatar=(site if entry.avatar.startswith("/") else "") + entry.avatar or None,
        url=entry.url or None,
        links=tuple(dict.fromkeys(filter(None, links))),
    )


def _known(
    kind: Kind, author: Author, aliases: Iterable[str], sources: tuple[str, ...], outlet: str | None = None
) -> Profile:
    key = name_key(author.name)
    others = dict.fromkeys(other for alias in aliases if (other := name_key(alias)) != key)
    return Profile(kind, author, key, tuple(others), sources, outlet)


def _keys(profiles: Iterable[Profile], kind: Kind) -> frozenset[str]:
    return frozenset(key for profile in profiles if profile.kind == kind for key in (profile.key, *profile.aliases))


def _grouped(pairs: Iterable[tuple[str, T]]) -> dict[str, tuple[T, ...]]:
    grouped: dict[str, list[T]] = {}
    for key, value in pairs:
        grouped.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in grouped.items()}
