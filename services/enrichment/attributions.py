"""Finds who a story's statements are credited to: agencies, and its tags' people and bodies; none is an author."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from services.enrichment.agencies import LONGEST, Agencies
from services.enrichment.guard import OPENERS
from shared.events import Attribution, Tag

Kind = Literal["quoted", "told", "credit"]

WINDOW = 60
"""Code points on either side of a name in which its verb must stand."""

MOST = 50
MOST_SPEAKERS = 40
MOST_MENTIONS = 200
"""Of one speaker's spelling in a text."""

DATELINE = "dateline"
"""Said for a verb where the story's dateline names its agency."""

SPEAKERS = frozenset({"person", "org"})
SPELT = frozenset({"name", "alias", "surname"})
"""Evidence that is the term's own name: of a demonym or metonym it is not said who spoke."""

SAID = (
    "said|says|reported|reports|wrote|writes|claimed|claims|added|adds|alleged|announced|stated|noted|confirmed|"
    "denied|warned|argued|explained|insisted|acknowledged|quoted"
)
ADVERB = r"(?:(?:also|later|earlier|first|then|has|had|have|previously|separately|repeatedly|further)\s+){0,2}"

CYRILLIC = (
    r"(?:як\s+)?(?:повідомля[єю](?:ть)?|переда[єю](?:ть)?|пише)|за\s+даними|за\s+повідомленням|"
    r"(?:как\s+)?(?:сообща[ею]т|переда[ею]т|пишет)|по\s+данным|по\s+сообщению"
)
LATIN = (
    r"laut|nach\s+angaben\s+(?:von|der)|berichtete?|meldete?|selon|d['’]après|(?:a\s+)?rapporté?e?|según|informó|secondo|"
    r"podle|według|jak\s+podaje"
)
TOLD = r"(?:dit|déclaré|affirmé|expliqué|confié)\s+à|(?:dijo|declaró|explicó)\s+a|(?:ha\s+)?detto\s+all|sagte|erklärte"
ARTICLE = (
    r"(?:(?:la|le|les|el|die|der|dem|den|the|agence|agencia|agenzia|agentur|nachrichtenagentur|agencja|agencji)\s+|"
    r"l['’]){0,3}"
)
WIDE = r"据|據"
REPORTED_BY = r"(?:as\s+)?(?:first\s+)?(?:reported|quoted|cited|seen|obtained|reviewed|viewed|published)\s+by"
INTERVIEW = (
    r"(?:in|during)\s+an?\s+(?:\w+\s+){0,2}interview\s+(?:with|to)|(?:speaking|spoke|comments|statement|remarks)\s+to"
)
THE = r"(?:(?:the|a|from|by|to|state|news|agency|report|wire|service|russian|ukrainian|chinese|local)\s+){0,4}"


def _front(verb: str, between: str = THE) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?P<verb>{verb})\s+{between}$", re.IGNORECASE)


BEFORE: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (_front(REPORTED_BY), "quoted"),
    (_front(r"according\s+to|citing"), "quoted"),
    (_front(r"told"), "told"),
    (_front(INTERVIEW), "told"),
    (_front(r"with\s+(?:files|reporting|contributions)\s+(?:from|by)"), "credit"),
    (_front(LATIN, ARTICLE), "quoted"),
    (_front(TOLD, rf"(?:\w{{1,15}}\s+){{0,1}}{ARTICLE}"), "told"),
    (re.compile(rf"(?P<verb>{WIDE})$"), "quoted"),
    (_front(CYRILLIC, r"(?:(?:агентство|агентства|агенція|агенції)\s+)?"), "quoted"),
)
"""What may stand in front of an agency; `verb` is told as it is."""

SPOKE_BEFORE: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (_front(rf"according\s+to|quoted|citing|(?<=[”\"»,]\s)(?:{SAID})", r"(?:the\s+)?"), "quoted"),
)
"""What may stand in front of a person or body that speaks."""

AFTER = re.compile(
    r"\)?,?\s+(?:(?:state\s+)?(?:news\s+)?(?:agency|newspaper|wire|service)\s+)?"
    rf"{ADVERB}(?P<verb>{SAID}|citing|berichtete?|meldete?|schreibt|schrieb|contributed)(?!\w)"
)
SPOKE_AFTER = re.compile(rf"\)?,?\s+{ADVERB}(?P<verb>{SAID}|told)(?!\w)")


OPENING = frozenset("wie auch nur comme como secondo jak як как".split())
"""What opens a sentence before a name, in other languages than guard.py's."""

LAST_WORD = re.compile(r"(\w[\w'’-]*) $")


class Speaker(NamedTuple):
    """A name in the text and whose it is."""

    start: int
    end: int
    name: str
    agency: bool


def attributions(
    text: str, tags: Sequence[Tag], known: Agencies, credited: str | None = None
) -> tuple[Attribution, ...]:
    """Return the attributions of a text in their order, at most 50; offsets are of the verb, in code points.

    `kind`: "quoted" where a statement is the source's own, "told" where it was made to the source, "credit" where the
    source helped with the story: `credited` is the agency of the dateline, at offset 0.
    """
    part = text[:LONGEST]
    speakers = sorted({*(Speaker(*one, agency=True) for one in known.mentions(part)), *_tagged(part, tags)})
    found: dict[tuple[str, int], Attribution] = {}
    if credited:
        found[credited, 0] = Attribution(source=credited, verb=DATELINE, offset=0, kind="credit")
    for speaker in speakers:
        for one in _of(part, speaker):
            found.setdefault((one.source, one.offset), one)
        if len(found) >= MOST:
            break
    return tuple(sorted(found.values(), key=lambda one: (one.offset, one.source)))[:MOST]


def _tagged(text: str, tags: Iterable[Tag]) -> Iterator[Speaker]:
    spelt: dict[str, str] = {}
    for tag in tags:
        if tag.kind in SPEAKERS:
            for reason in tag.evidence:
                if reason.how in SPELT and len(spelt) < MOST_SPEAKERS:
                    spelt.setdefault(reason.text, tag.name)
    for spelling, name in spelt.items():
        at = text.find(spelling)
        for _ in range(MOST_MENTIONS):
            if at < 0:
                break
            if not text[max(0, at - 1) : at].isalnum():
                yield Speaker(at, at + len(spelling), name, agency=False)
            at = text.find(spelling, at + len(spelling))


def _of(text: str, speaker: Speaker) -> Iterator[Attribution]:
    """Look for a verb before the name and one behind it: "told Reuters", "Reuters reported"."""
    front = max(0, speaker.start - WINDOW)
    before = text[front : speaker.start]
    for pattern, kind in BEFORE if speaker.agency else SPOKE_BEFORE:
        hit = pattern.search(before)
        if hit:
            yield _said(speaker, hit["verb"], front + hit.start("verb"), kind)
            return
    hit = (AFTER if speaker.agency else SPOKE_AFTER).match(text, speaker.end, speaker.end + WINDOW)
    if hit and not (speaker.agency and _continues_a_name(before)):
        yield _said(speaker, hit["verb"], hit.start("verb"), "credit" if hit["verb"] == "contributed" else "quoted")


def _continues_a_name(before: str) -> bool:
    """Tell "Michael Bloomberg" from Bloomberg, by what stands before it."""
    word = LAST_WORD.search(before)
    return word is not None and word[1][0].isupper() and word[1].lower() not in OPENERS | OPENING


def _said(speaker: Speaker, verb: str, offset: int, kind: Kind) -> Attribution:
    return Attribution(source=speaker.name, verb=" ".join(verb.lower().split()), offset=offset, kind=kind)
