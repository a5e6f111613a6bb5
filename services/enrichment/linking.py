"""Links an article's authors and byline to the newsroom's profiles; taking a byline apart is left to byline.py."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.enrichment.authors import AuthorBook, Profile, addresses_of
from services.enrichment.byline import Named, named, parsed
from services.enrichment.clean import plain, web_address
from shared.events import Author
from shared.names import name_key

MAX_AUTHORS = 50
HELPED = "Additional reporting"


def resolved(given: Sequence[Author], byline: str | None, source: str, book: AuthorBook) -> tuple[Author, ...]:
    """Return an article's authors, each linked to a profile or left unresolved with what the source told.

    `byline` is read only where the source gave no names; a name that holds several people becomes several.
    """
    authors = [found for author in given[:MAX_AUTHORS] for found in _resolved(author, source, book)]
    if not authors and byline:
        authors = [_linked(one, None, source, book) for one in parsed(byline, book.known)]
    once = {author.id or f"?{name_key(author.name)}": author for author in reversed(authors)}
    return tuple(reversed(once.values()))[:MAX_AUTHORS]


def _resolved(given: Author, source: str, book: AuthorBook) -> Iterator[Author]:
    """Go by id, then by address, then by what the name says."""
    if given.id and given.id in book.by_id:
        yield _filled(book.by_id[given.id], "id", given)
        return
    for address in addresses_of(given):
        if address in book.by_address:
            yield _filled(book.by_address[address], "url", given)
            return
    names = named(given.name, book.known)
    for one in names:
        # What the source told of "A and B" belongs to neither of them.
        yield _linked(one, given if len(names) == 1 else None, source, book)


def _linked(one: Named, given: Author | None, source: str, book: AuthorBook) -> Author:
    told = _told(one, given)
    match _profile(name_key(one.name), source, book):
        case (Profile() as profile, str(how)):
            return _filled(profile, how, told)
        case _:
            return told


def _profile(key: str, source: str, book: AuthorBook) -> tuple[Profile, str] | None:
    """Find by key within the source, alias, then a key only one profile has; two that fit are no link."""
    named, aliased = book.by_name.get(key, ()), book.by_alias.get(key, ())
    for candidates, how in (
        ([profile for profile in named if source in profile.sources], "key"),
        ([profile for profile in aliased if source in profile.sources], "alias"),
        ([profile for profile in aliased if _goes_anywhere(profile)], "alias"),
        ([profile for profile in named if _goes_anywhere(profile)], "unique"),
    ):
        if len(candidates) == 1:
            return candidates[0], how
    return None


def _goes_anywhere(profile: Profile) -> bool:
    """Tell whether other sources' bylines may mean it too: a desk named for one source is its alone."""
    return profile.kind != "desk" or not profile.sources


def _filled(profile: Profile, how: str, told: Author) -> Author:
    """Let the profile speak, and the source where the profile is silent."""
    author = profile.author
    return author.model_copy(
        update={
            "role": author.role or told.role,
            "bio": author.bio or _text(told.bio),
            "avatar": author.avatar or web_address(told.avatar),
            "url": author.url or web_address(told.url),
            "how": how if profile.kind == "person" else profile.kind,
        }
    )


def _told(one: Named, given: Author | None) -> Author:
    role = one.role or (HELPED if one.helped else None)
    if given is None:
        return Author(name=one.name, kind=one.kind, role=role, how="unresolved")
    return Author(
        name=one.name,
        kind=one.kind,
        role=_text(given.role) or role,
        bio=_text(given.bio),
        avatar=web_address(given.avatar),
        url=web_address(given.url),
        links=tuple(filter(None, map(web_address, given.links))),
        how="unresolved",
    )


def _text(text: str | None) -> str | None:
    return plain(text) or None if text else None
