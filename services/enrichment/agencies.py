"""The wire and picture agencies that every newsroom meets, and where a text names one; the rest is authors.toml's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from services.enrichment.matching import UNSPACED

WIRES: Mapping[str, tuple[str, ...]] = {
    "Agence France-Presse": ("AFP", "法新社", "أ ف ب"),
    "Anadolu Agency": ("Anadolu", "Anadolu Ajansı"),
    "ANSA": (),
    "APA": (),
    "Associated Press": ("AP", "The Associated Press", "The AP", "美联社", "أسوشيتد برس"),
    "Belga": (),
    "Bloomberg": ("Bloomberg News",),
    "CNN": (),
    "dpa": ("DPA", "Deutsche Presse-Agentur"),
    "EFE": ("Agencia EFE",),
    "Interfax": (),
    "Interfax-Ukraine": ("Інтерфакс-Україна",),
    "KCNA": (),
    "Keystone-SDA": ("SDA",),
    "Kyodo": ("Kyodo News", "共同社", "共同通信"),
    "NTB": (),
    "PA Media": ("Press Association",),
    "PAP": (),
    "Reuters": ("Thomson Reuters", "Рейтер", "Рейтерс", "رويترز", "路透社", "ロイター"),
    "RIA Novosti": ("РИА Новости",),
    "Ritzau": (),
    "SID": (),
    "Sky News": (),
    "TASS": ("ТАСС",),
    "The Canadian Press": ("Canadian Press",),
    "Ukrinform": ("Укрінформ",),
    "UPI": (),
    "Xinhua": ("新华社", "شينخوا"),
    "Yonhap": ("연합뉴스",),
}
"""Name to other spellings; text is searched for them as they are written."""

PICTURES = (
    "AAP|AFP Photo|Alamy|AP Images|AP Photo|Camera Press|Cover Images|DPA Images|EPA|EPA-EFE|Europa Press|GC Images|"
    "Getty|Getty Images|Global Images Ukraine|Handout|Imago|Imago Images|iStock|iStockphoto|Keystone|LAT Images|"
    "LightRocket|Maxar|NASA|NurPhoto|PA|PA Images|PA Wire|Panthermedia|Pexels|picture alliance|Pool|Postmedia News|"
    "Privat|REX|Ritzau Scanpix|Scanpix|Shutterstock|Sipa|SOPA Images|Sputnik|Supplied|SZ Photo|TT|UGC|Unsplash|"
    "Wikimedia Commons|ZUMA"
).split("|")
"""Those that stand in credits alone: in a text most of these words mean something else."""

LONGEST = 200_000
"""Code points of a text that are searched."""

MOST = 1_000
"""Mentions that are returned: a text of nothing but names is no story."""

MOST_WORDS = 4
APART = re.compile(r"[\s/,|()]+")


class Agency(NamedTuple):
    """An agency's name, its other spellings, and whether running text is searched for them."""

    name: str
    spellings: tuple[str, ...] = ()
    in_text: bool = True


class Mention(NamedTuple):
    """An agency's name in a text, at code points from `start` to `end`."""

    start: int
    end: int
    name: str


BUILT_IN = (*(Agency(name, others) for name, others in WIRES.items()), *(Agency(one, (), False) for one in PICTURES))


@dataclass(frozen=True, slots=True)
class Agencies:
    """Agencies by their spellings in lower case, and an automaton over those that running text is searched for."""

    names: Mapping[str, str]
    spelt: tuple[tuple[str, str], ...]
    automaton: AhoCorasick

    def called(self, text: str) -> str | None:
        """Return the name of the agency that a text is a spelling of."""
        return self.names.get(" ".join(text.casefold().split()))

    def credited(self, credit: str) -> bool:
        """Tell whether a credit (some words) names an agency, in whatever case."""
        words = APART.split(credit.casefold())[:50]
        return any(
            " ".join(words[start:end]) in self.names
            for start in range(len(words))
            for end in range(start + 1, min(start + MOST_WORDS, len(words)) + 1)
        )

    def mentions(self, text: str) -> list[Mention]:
        """Return where a text names an agency as a word of its own; of spellings that overlap, the longest."""
        found: list[Mention] = []
        part = text[:LONGEST]
        for pattern, start, end in self.automaton.find_matches_as_indexes(part, overlapping=True):
            if _within_word(part, start, end):
                continue
            while found and found[-1].start >= start:
                found.pop()
            if not found or found[-1].end <= start:
                found.append(Mention(start, end, self.spelt[pattern][1]))
            if len(found) > MOST:
                break
        return found[:MOST]


def agencies(own: Iterable[Agency] = ()) -> Agencies:
    """Build the agencies from the built-in ones and a newsroom's own, whose names win."""
    names: dict[str, str] = {}
    spelt: dict[str, str] = {}
    for agency in (*own, *BUILT_IN):
        known = (names[key] for spelling in (agency.name, *agency.spellings) if (key := spelling.casefold()) in names)
        name = next(known, agency.name)
        for spelling in (agency.name, *agency.spellings):
            names.setdefault(" ".join(spelling.casefold().split()), name)
            if agency.in_text:
                spelt.setdefault(spelling, name)
    return Agencies(names, tuple(spelt.items()), AhoCorasick(list(spelt), matchkind=MatchKind.Standard))


def _within_word(text: str, start: int, end: int) -> bool:
    if UNSPACED[0] <= text[start] <= UNSPACED[1]:
        return False
    before, after = text[start - 1 : start], text[end : end + 1]
    return before.isalnum() or after.isalnum() or "_" in (before, after)
