"""Small questions to the elements of a feed, common to RSS and Atom; what the answers mean is left to the readers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from lxml import etree

from services.ingest.document import Hints, Withdrawal
from services.ingest.identity import named_by
from services.ingest.parse.channel import Channel
from services.ingest.parse.files import Found
from services.ingest.parse.markup import inner
from services.ingest.parse.names import XML, Names
from services.ingest.parse.people import person
from services.ingest.parse.text import plain
from services.ingest.parse.urls import address, based
from services.ingest.parse.values import Fields, category
from services.ingest.submission import is_web_url
from shared.numbers import whole

PERIODS = {"hourly": 3600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MAX_WITHDRAWALS = 500
NO_DATES = ("0000", "0001", "1900", "1970")


def text_of(element: etree._Element) -> str:
    """Return all text in an element, its children's too."""
    return "".join(map(str, element.itertext())) if len(element) else element.text or ""


def elements(found: Found, *names: str) -> list[etree._Element]:
    """Return the elements of some names, in the order of the names."""
    return [one for name in names if name in found for one in found[name]]


def texts(found: Found, *names: str) -> list[str]:
    """Return the texts of the elements of some names that are not blank, in the order of the names."""
    return [given for one in elements(found, *names) if (given := text_of(one).strip())]


def text(found: Found, *names: str) -> str:
    """Return the first of such texts, or an empty one."""
    for name in names:
        if name in found:
            for element in found[name]:
                if given := text_of(element).strip():
                    return given
    return ""


def dated(found: Found, channel: Channel, *names: str, ahead: bool = False) -> datetime | None:
    """Return the first moment among the elements of some names, one to come only if `ahead`."""
    for name in names:
        if name in found:
            for element in found[name]:
                if (moment := channel.moment(text_of(element), ahead=ahead)) is not None:
                    return moment
    return None


def embargo(found: Found, channel: Channel, name: str) -> tuple[datetime | None, bool]:
    """Return when an item's embargo ends, and whether it has one whose end cannot be told: it must not go out then.

    A date before there were feeds is what some systems write for none.
    """
    until, said = dated(found, channel, name, ahead=True), text(found, name)
    return until, until is None and bool(said) and not said.startswith(NO_DATES)


def words(found: Found, *names: str) -> str | None:
    """Return the first of such texts that has words, as plain text."""
    for name in names:
        if name in found:
            for element in found[name]:
                if given := plain(inner(element)):
                    return given
    return None


def markup(found: Found, *names: str) -> str:
    """Return the first of such elements' contents that is not blank, as HTML."""
    for name in names:
        if name in found:
            for element in found[name]:
                if (given := inner(element)) and not given.isspace():
                    return given
    return ""


def base_of(element: etree._Element, base: str, channel: Channel) -> str:
    """Return what relative addresses in an element are resolved by (XML Base)."""
    if not channel.scoped:
        return base
    places = [one.get(XML + "base") for one in (element, *element.iterancestors())]
    for place in reversed(places):
        base = based(base, place)
    return base


def base_inside(element: etree._Element, channel: Channel) -> str:
    """Return what relative addresses in an element of an item are resolved by: all bases from the document's own on."""
    base = base_of(element, channel.url, channel)
    return base if base != channel.url else channel.base


def language_of(element: etree._Element, channel: Channel) -> str | None:
    """Return the xml:lang that an element is under, if any."""
    if not channel.scoped:
        return None
    return next((tag for one in (element, *element.iterancestors()) if (tag := one.get(XML + "lang"))), None)


def people(found: Found, names: Names, base: str, *kinds: str) -> list[Fields]:
    """Return the persons of some names: Atom's with name and uri, or texts."""
    authors = []
    for element in elements(found, *kinds):
        inside = {names[child.tag].rpartition(":")[2]: text_of(child) for child in element} if len(element) else {}
        if "name" in inside or "email" in inside:
            link = inside.get("uri") or inside.get("url") or inside.get("homepage")
            authors.append(person(inside.get("name"), url=link, base=base))
        else:
            authors.append(person(text_of(element), base=base))
    return [author for author in authors if author]


def pictured(found: Found, authors: list[Fields], base: str) -> list[Fields]:
    """Return authors with the face and page that `podcast:person` gives them; it names them where nobody else does."""
    if "podcast:person" not in found:
        return authors
    told: dict[str, Fields] = {}
    for one in found["podcast:person"]:
        if (one.get("role") or "").strip().lower() == "author":
            known = person(text_of(one), url=one.get("href"), base=base, avatar=one.get("img"))
            told.setdefault(known.get("name", "").casefold(), known)
    told.pop("", None)
    return [told.get(one["name"].casefold(), {}) | one for one in authors] or list(told.values())


def keywords(found: Found, *names: str) -> list[Fields | None]:
    """Return the categories of lists apart by commas."""
    if found.keys().isdisjoint(names):
        return []
    return [category(term) for line in texts(found, *names) for term in line.split(",")[:100]]


def links(found: Found, base: str, *names: str) -> Iterator[tuple[str, str, etree._Element]]:
    """Yield relation, address and element of Atom links; a relation that is not said is `alternate`."""
    for element in elements(found, *names):
        given = element.get("href")
        if given and (href := address(given, base)) is not None:
            yield (element.get("rel") or "alternate").strip().lower(), href, element


def related(found: Found, base: str, *names: str) -> list[Fields]:
    """Return the stories that an item links as related, those with a title."""
    return [
        {"url": href, "headline": title[:300]}
        for rel, href, element in links(found, base, *names)
        if rel == "related" and (title := plain(element.get("title")))
    ]


def via(found: Found, *names: str) -> tuple[str, ...]:
    """Return what an item was called on its way here, as far as it was an article of a Wireroom there."""
    given = ((one.get("rel"), (one.get("href") or "").strip()) for one in elements(found, *names))
    return tuple(href for rel, href in given if rel == "via" and named_by(href) is not None)


def hints(found: Found, names: Names) -> Hints:
    """Read when the document is worth asking again."""
    ttl, times = _number(text(found, "ttl")), _number(text(found, "sy:updatefrequency")) or 1
    period = PERIODS.get(text(found, "sy:updateperiod").lower())
    hours = {
        int(hour) % 24 for hour in _inside(found, names, "skiphours", "hour") if hour.isdecimal() and len(hour) < 3
    }
    days = {day.lower() for day in _inside(found, names, "skipdays", "day")}
    return Hints(
        ttl=ttl * 60 if ttl else None,
        period=period / times if period else None,
        skip_hours=frozenset(hours),
        skip_days=frozenset(at for at, name in enumerate(DAYS) if name in days),
    )


def withdrawals(places: list[Found], names: Names, base: str, channel: Channel) -> tuple[Withdrawal, ...]:
    """Read the entries that are taken back (RFC 6721)."""
    taken: list[Withdrawal] = []
    for element in (one for place in places for one in place.get("at:deleted-entry", ())):
        ref = (element.get("ref") or "").strip()
        inside: Found = {}
        for child in element:
            inside.setdefault(names[child.tag].rpartition(":")[2], []).append(child)
        link = next((href for rel, href, _ in links(inside, base, "link") if rel == "alternate"), None)
        if ref or link:
            reason = words(inside, "comment")
            url = link or (ref if is_web_url(ref) else None)
            at = channel.moment(element.get("when"))
            taken.append(Withdrawal(guid=ref[:2048] or None, url=url, reason=(reason or "")[:5000] or None, at=at))
    return tuple(taken[:MAX_WITHDRAWALS])


def _inside(found: Found, names: Names, outer: str, kind: str) -> Iterator[str]:
    for place in found.get(outer, ()):
        for child in place:
            if names[child.tag] == kind:
                yield text_of(child).strip()


def _number(digits: str) -> int | None:
    return whole(digits, 99_999_999)
