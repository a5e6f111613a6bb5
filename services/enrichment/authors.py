"""The people, agencies and desks the newsroom knows, read from authors.toml; who is meant is left to linking.py."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.enrichment.byline import Known, name_key
from shared.events import Author
from shared.newsroom import Invalid, Location

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Address = Annotated[str, StringConstraints(pattern=r"^(https?://\S+)?$")]
Kind = Literal["person", "agency", "desk"]


class Entry(BaseModel):
    """A table of the file; a key it does not know is an error, since it is most likely misspelt."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AuthorEntry(Entry):
    """One [[author]]: a person; `sources` are the ids of sources that print this name."""

    id: Slug
    name: Name
    role: Name | None = None
    outlet: Name | None = None
    status: Literal["active", "former"] = "active"
    aliases: tuple[Name, ...] = ()
    sources: tuple[Slug, ...] = ()
    avatar: Address = ""
    url: Address = ""
    links: tuple[Address, ...] = ()
    orcid: str = ""
    bio: str = ""


class AgencyEntry(Entry):
    """One [[agency]]: a wire or picture service."""

    id: Slug
    name: Name
    aliases: tuple[Name, ...] = ()
    kind: Literal["wire", "pictures", "other"] = "wire"
    url: Address = ""


class DeskEntry(Entry):
    """One [[desk]]: bylines that mean a desk, in one source, or in all when `source` is not given."""

    id: Slug
    name: Name | None = None
    match: Annotated[tuple[Name, ...], Field(min_length=1)]
    source: Slug | None = None
    bio: str = ""
    url: Address = ""


class AuthorsFile(Entry):
    """The whole of authors.toml."""

    author: tuple[AuthorEntry, ...] = ()
    agency: tuple[AgencyEntry, ...] = ()
    desk: tuple[DeskEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Profile:
    """Someone the newsroom knows: what articles show, and the keys that lead here."""

    kind: Kind
    author: Author
    key: str
    aliases: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AuthorBook:
    """All profiles, by id, address, key of the name and key of each alias."""

    by_id: Mapping[str, Profile]
    by_address: Mapping[str, Profile]
    by_name: Mapping[str, tuple[Profile, ...]]
    by_alias: Mapping[str, tuple[Profile, ...]]
    known: Known


def parse_authors(document: dict[str, Any]) -> AuthorBook:
    """Build the book from its TOML document; raise ValidationError or Invalid with all that is wrong."""
    file = AuthorsFile.model_validate(document)
    placed = list(_profiles(file))
    problems = [*_twice(placed), *_shared_aliases(placed)]
    if problems:
        raise Invalid(problems)
    profiles = [profile for _, profile in placed]
    return AuthorBook(
        by_id={str(profile.author.id): profile for profile in profiles},
        by_address={link: profile for profile in profiles for link in addresses_of(profile.author)},
        by_name=_grouped((profile.key, profile) for profile in profiles),
        by_alias=_grouped((alias, profile) for profile in profiles for alias in profile.aliases),
        known=Known(*(_keys(profiles, kind) for kind in ("person", "agency", "desk"))),
    )


def addresses_of(author: Author) -> Iterator[str]:
    """Yield the addresses that stand for an author, without a closing slash."""
    return (link.rstrip("/") for link in (author.url, *author.links) if link)


def _profiles(file: AuthorsFile) -> Iterator[tuple[Location, Profile]]:
    for at, person in enumerate(file.author):
        author = Author(
            id=person.id,
            name=person.name,
            role=person.role,
            bio=" ".join(person.bio.split()) or None,
            avatar=person.avatar or None,
            url=person.url or None,
            links=tuple(filter(None, person.links)),
        )
        yield ("author", at), _known("person", author, person.aliases, person.sources)
    for at, agency in enumerate(file.agency):
        author = Author(id=agency.id, name=agency.name, url=agency.url or None)
        yield ("agency", at), _known("agency", author, agency.aliases, ())
    for at, desk in enumerate(file.desk):
        bio = " ".join(desk.bio.split()) or None
        author = Author(id=desk.id, name=desk.name or desk.match[0], bio=bio, url=desk.url or None)
        yield ("desk", at), _known("desk", author, desk.match, (desk.source,) if desk.source else ())


def _known(kind: Kind, author: Author, aliases: Iterable[str], sources: tuple[str, ...]) -> Profile:
    key = name_key(author.name)
    others = dict.fromkeys(other for alias in aliases if (other := name_key(alias)) != key)
    return Profile(kind, author, key, tuple(others), sources)


def _keys(profiles: Iterable[Profile], kind: Kind) -> frozenset[str]:
    return frozenset(key for profile in profiles if profile.kind == kind for key in (profile.key, *profile.aliases))


def _grouped(pairs: Iterable[tuple[str, Profile]]) -> dict[str, tuple[Profile, ...]]:
    grouped: dict[str, tuple[Profile, ...]] = {}
    for key, profile in pairs:
        grouped[key] = (*grouped.get(key, ()), profile)
    return grouped


def _twice(placed: Iterable[tuple[Location, Profile]]) -> Iterator[tuple[Location, str]]:
    seen: set[str | None] = set()
    for where, profile in placed:
        if profile.author.id in seen:
            yield (*where, "id"), f"there are two entries {profile.author.id!r}"
        seen.add(profile.author.id)


def _shared_aliases(placed: Iterable[tuple[Location, Profile]]) -> Iterator[tuple[Location, str]]:
    """Two profiles may share an alias only when their sources tell them apart."""
    owners: dict[tuple[str, str], str | None] = {}
    for where, profile in placed:
        for alias in profile.aliases:
            for source in profile.sources or ("*",):
                owner = owners.setdefault((alias, source), profile.author.id)
                if owner != profile.author.id:
                    reason = f"an alias ({alias}) is {owner!r}'s too: tell them apart by `sources`"
                    yield (*where, "aliases" if profile.kind != "desk" else "match"), reason
