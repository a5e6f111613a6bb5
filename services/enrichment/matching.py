"""Finds a taxonomy's names in text by Aho-Corasick; which of them count, and how much, is left to tags.py."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Literal, NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

Case = Literal["exact", "initial", "any"]
"""As written (acronyms), a capital first (names), or any (topics)."""

How = Literal["name", "alias", "surname", "demonym", "metonym"]

APOSTROPHES = "\u2018\u2019\u201a\u201b\u02bc\u2032`\u00b4"
QUOTES = "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033"
DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
SPACES = "\u00a0\u2002\u2003\u2009\u200a\u202f\n\t"
FOLDS = {
    letter: plain
    for letters, plain in ((APOSTROPHES, "'"), (QUOTES, '"'), (DASHES, "-"), (SPACES, " "))
    for letter in letters
}
"""One character for one, so that offsets into the folded text are offsets into the original."""
FOLDS_OF_ASCII = {letter: plain for letter, plain in FOLDS.items() if letter.isascii()}

HALVES = re.compile("[\ud800-\udfff]")

COMMON_WORDS = frozenset("aid all am are can ice in is it may no on or so us was who".split())
"""Words that an all-capitals headline makes look like acronyms."""

UNSPACED = ("\u2e80", "\ud7af")
"""The scripts written without spaces between words, where a neighbour ends no word."""


@dataclass(frozen=True, slots=True)
class Alias:
    """One spelling of a term, folded: `needs` is "full-name", a term's id, or None when it counts alone.

    A `guarded` one counts only where its neighbours do not make it something else (guard.py); with `languages` it
    counts only in texts of those, and in texts whose language nobody knows.
    """

    term: str
    text: str
    case: Case
    how: How
    needs: str | None = None
    guarded: bool = False
    languages: tuple[str, ...] = ()


class Mention(NamedTuple):
    """An alias found in a text, at code points from `start` to `end`; a tuple, since long texts have many."""

    start: int
    end: int
    alias: Alias


def folded(text: str) -> str:
    """Straighten quotes, dashes and spaces, one character for one."""
    # Most are in no text, which is seen at once; a pattern tries each letter.
    for letter, plain in (FOLDS_OF_ASCII if text.isascii() else FOLDS).items():
        if letter in text:
            text = text.replace(letter, plain)
    return text


def lowered(text: str) -> str:
    """Lower the case one character for one: a capital that would become two (İ) is kept."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)


class Matcher:
    """An automaton over all spellings; building it is the slow part, `mentions` is the fast one."""

    def __init__(self, aliases: Iterable[Alias]) -> None:
        by_text: dict[str, list[Alias]] = {}
        for alias in aliases:
            by_text.setdefault(lowered(alias.text), []).append(alias)
        self._aliases = tuple(tuple(spelled) for spelled in by_text.values())
        # LeftmostLongest would drop "General Staff" where "General Staff of" starts but does not end at a
        # word boundary; so every match is taken, checked, and only then the longest kept.
        self._automaton = AhoCorasick(list(by_text), matchkind=MatchKind.Standard, store_patterns=False)

    def mentions(self, text: str) -> list[Mention]:
        """Return every spelling that stands there as a word and in a case it allows, overlaps included."""
        as_written = folded(text)
        shouted = as_written.isupper()
        padded = f" {as_written} "
        return [
            Mention(start, end, alias)
            for pattern, start, end in self._matches(lowered(as_written))
            # Most stand between blanks, which is seen at once.
            if padded[start] == " " or not _continues(padded[start], padded[start + 1])
            if padded[end + 1] == " " or not _continues(padded[end + 1], padded[end])
            for alias in self._aliases[pattern]
            if alias.case == "any" or _case_fits(alias, as_written[start:end], shouted=shouted)
        ]

    def _matches(self, text: str) -> Sequence[tuple[int, int, int]]:
        try:
            return self._automaton.find_matches_as_indexes(text, overlapping=True)
        except UnicodeEncodeError:  # half of a surrogate pair, which no UTF-8 holds
            return self._automaton.find_matches_as_indexes(HALVES.sub("\ufffd", text), overlapping=True)


def longest(mentions: Sequence[Mention]) -> list[Mention]:
    """Keep the longest of overlapping mentions, in text order; of equal spans the one with a need."""
    ordered = sorted(mentions, key=itemgetter(0))
    kept: list[Mention] = []
    cluster: list[Mention] = []
    reach = -1
    for mention in ordered:
        start, end, _ = mention
        if start >= reach:
            kept += cluster if len(cluster) < 2 else _settled(cluster)
            cluster = [mention]
        else:
            cluster.append(mention)
        reach = max(reach, end)
    return kept + _settled(cluster)


def _settled(cluster: Sequence[Mention]) -> list[Mention]:
    """Take the longest first, of equal spans the one with a need, and drop what overlaps the taken.

    Where the needs of two terms are met (two of one surname, both named in full), it is neither's.
    """
    if not cluster:
        return []
    first = cluster[0].start
    needing = {(one.start, one.end, one.alias.term) for one in cluster if one.alias.needs is not None}
    rivals = Counter((start, end) for start, end, _ in needing)
    taken = bytearray(max(mention.end for mention in cluster) - first)
    chosen = []
    for mention in sorted(cluster, key=_longest_first):
        start, end = mention.start - first, mention.end - first
        # What was taken before is no shorter, so an overlap covers one of the two ends.
        if not taken[start] and not taken[end - 1]:
            taken[start:end] = b"\1" * (end - start)
            if rivals[mention.start, mention.end] < 2:
                chosen.append(mention)
    return sorted(chosen, key=itemgetter(0))


def _longest_first(mention: Mention) -> tuple[int, int, bool, str]:
    return (mention.start - mention.end, mention.start, mention.alias.needs is None, mention.alias.term)


def _continues(neighbour: str, edge: str) -> bool:
    """Tell whether a neighbour belongs to the same word as the edge of a match."""
    if neighbour.isalnum() or neighbour == "_":
        return not UNSPACED[0] <= edge <= UNSPACED[1]
    return neighbour > "\u02ff" and unicodedata.category(neighbour).startswith("M")


def _has_capitals(said: str, name: str) -> bool:
    """Tell whether each capital of a name is one here too: a Gold Coast is no gold coast, nor a Long beach."""
    return not any(here.islower() and there.isupper() for here, there in zip(said, name, strict=False))


def _case_fits(alias: Alias, said: str, *, shouted: bool) -> bool:
    match alias.case:
        case "any":
            return True
        case "initial":
            return said == alias.text or (
                not said[0].islower() and (not alias.guarded or _has_capitals(said, alias.text))
            )
        case "exact":
            return said == alias.text and not (shouted and alias.text.lower() in COMMON_WORDS)
