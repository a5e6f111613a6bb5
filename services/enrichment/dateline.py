"""Reads the dateline a story's text begins with; the text itself stays as it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from services.enrichment import headings
from services.enrichment.agencies import Agencies
from services.enrichment.dates import DATE, MONTHS

LOOKED_AT = 160
"""Code points at the beginning of a text within which a dateline and its dash must stand."""

SEPARATOR = re.compile(r"(?<=\))\.\s*[-–—―]+\s*|\s*(?:—|―|--)\s*|\s+[–_-]\s*|[–_]\s+|(?<=\))-\s*")
EM = frozenset(("—", "―", "--"))
SIGNS = "-–—―_"
"""One of them is in every SEPARATOR; most lines without a dateline have none, which is seen at once."""

DATED = re.compile(rf"\s(?=(?:{DATE.pattern})$)", re.IGNORECASE)
SLASHED = re.compile(r"^(?P<head>[^/]{2,80}?)\.?\s*/(?P<agency>[^/]{2,40})/(?=\.\s)")
"""The agency between slashes and no dash behind it, as TASS writes."""

DOTTED = re.compile(
    rf"(?<=[^\W\d_]{{2}})\.\s+(?=\d{{1,2}}\s+(?:{MONTHS})\b)|(?<=[а-яіїє]{{2}})\.\s+(?=[А-ЯІЇЄ])", re.IGNORECASE
)
"""A full stop in place of a comma: "Київ. 16 грудня. Інтерфакс-Україна"."""

YEAR = re.compile(r"\d{4}")
BRACKETS = re.compile(r"[(\[]([^()\[\]]{2,60})[)\]]")
CITY_WORD = re.compile(r"[^\W\d_][\w.'’`-]*")
JOINING = frozenset(
    "de del di da la le les los las el al am an der den do dos of the on upon sur in and und et y i і та".split()
)
STATE = re.compile(r"[A-Z][a-z]")
"""A state behind its city: "Pa." is not PA."""

MOST_PLACES = 3
MOST_WORDS = 5


@dataclass(frozen=True, slots=True)
class Dateline:
    """A dateline as it stands in the text, without its dash, and what it says: places, a date, agencies."""

    text: str
    places: tuple[str, ...] = ()
    date: str | None = None
    agency: str | None = None


def found(text: str, known: Agencies, is_place: Callable[[str], bool], source: str | None = None) -> Dateline | None:
    """Return the dateline a text begins with, or None.

    Words before a dash are one only where an agency (or the source, by its name) is in brackets or beside a place, or
    `is_place` knows one of them and a sentence begins behind the dash, or a date stands by a place in capitals, or an
    em dash behind capitals that can be nothing else (`headings.py`).
    """
    line = text[:LOOKED_AT].partition("\n")[0]
    slashed = SLASHED.match(line) if "/" in line else None
    if slashed and _agency(slashed["agency"], known, source):
        told = _read(f"{slashed['head']} ({slashed['agency']})", known, source)
        if told is not None and told.places:
            return replace(told, text=slashed[0])
    if not any(sign in line for sign in SIGNS):
        return None
    for dash in SEPARATOR.finditer(line):
        head = line[: dash.start()].strip()
        told = _read(head, known, source)
        rest = line[dash.end() :]
        if told is not None and (_is_one(told, is_place, rest) or _is_shouted(told, dash[0], rest, text)):
            return _with_rest(told, line, dash.end(), known, source)
    return None


def _is_one(told: Dateline, is_place: Callable[[str], bool], rest: str) -> bool:
    """Ask for more where less is said: "Kyiv – the capital" is no dateline, "Kyiv – The capital" is."""
    if told.agency and (told.places or told.text.startswith(("(", "["))):
        return True
    if told.places and told.places[0].isupper() and told.date:
        return True
    begins = told.places[:1] != () and (told.places[0].isupper() or not rest[:1].islower())
    return begins and any(is_place(one.strip()) for place in told.places for one in place.split("/"))


def _is_shouted(told: Dateline, dash: str, rest: str, text: str) -> bool:
    return bool(told.places) and dash.strip() in EM and headings.is_place(told.places, rest, text)


def _with_rest(first: Dateline, line: str, at: int, known: Agencies, source: str | None) -> Dateline:
    """Go on past the first dash of "(ANSA) - ROMA, 16 DIC - " and "МОСКВА, 16 дек - РИА Новости."."""
    if first.agency is None:
        named = _agency(line[at:].partition(".")[0].strip(), known, None)
        return replace(first, agency=named)
    dash = SEPARATOR.search(line, at)
    second = _read(line[at : dash.start()].strip(), known, source) if dash else None
    if dash is None or second is None or first.places or not (second.places and second.places[0].isupper()):
        return first
    return replace(second, text=line[: dash.start()].strip(), agency=first.agency)


def _read(head: str, known: Agencies, source: str | None) -> Dateline | None:
    """Read what stands before a dash; None when any part of it is neither place, date nor agency."""
    agency = next((named for inside in BRACKETS.findall(head) if (named := _agency(inside, known, source))), None)
    places: list[str] = []
    date: str | None = None
    for part in _parts(BRACKETS.sub(",", head)):
        if DATE.fullmatch(part):
            date = part
        elif YEAR.fullmatch(part) and date:
            date = f"{date}, {part}"
        elif not STATE.fullmatch(part) and (named := _agency(part, known, source)):
            agency = agency or named
        elif _could_be_place(part) and len(places) < MOST_PLACES:
            places.append(part)
        else:
            return None
    return Dateline(head, tuple(places), date, agency) if places or date or agency else None


def _parts(head: str) -> list[str]:
    """Cut at commas, and before a date that follows a place without one ("KYIV Dec 16")."""
    parts = []
    for part in DOTTED.sub(",", head).split(","):
        text = part.strip(" .")
        dated = DATED.search(text)
        parts += [text[: dated.start()], text[dated.end() :]] if dated else [text]
    return [part for part in parts if part]


def _agency(text: str, known: Agencies, source: str | None) -> str | None:
    """Return the agency, or the source itself, that a text names; of "AP/Reuters" the first."""
    for name in text.split("/"):
        called = known.called(name)
        if called:
            return called
    return source if source and text.casefold().strip() == source.casefold() else None


def _could_be_place(part: str) -> bool:
    words = part.replace("/", " ").split()
    return 1 <= len(words) <= MOST_WORDS and all(
        CITY_WORD.fullmatch(word) and (not word[0].islower() or word in JOINING) for word in words
    )
