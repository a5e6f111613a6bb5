"""Drops the mentions that only look like places: parts of longer names, people, towns of the same name elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Literal

from services.enrichment.gazetteer import NO_PLACE, Gazetteer
from services.enrichment.matching import Mention

Found = Mapping[str, Sequence[Mention]]
"""Mentions in text order, by zone."""

Verdict = Literal["free", "unclear", "joined", "part"]
"""Nothing speaks against it; only other mentions can tell; a neighbour makes it something else; and so everywhere."""

OPENERS = frozenset(
    "a across after all also although amid among an and are around as at before behind between beyond both but by can "
    "could despite did does during even ex for former from had has have he her here his how if in inside into is it "
    "its just like many meanwhile modern most my near neighboring neighbouring no not now occupied of on once only or "
    "our outside over rural she should since so some still than that the their then there these they this those "
    "through throughout to today toward towards under unlike until was we were what when where whether which while "
    "who why will with within without would yet you your".split()
)
"""Words that are capitals by their place in a sentence or a headline, and never make a longer name."""

SIDES = frozenset(
    "north south east west northern southern eastern western northeast northwest southeast southwest northeastern "
    "northwestern southeastern southwestern central upper lower greater downtown mainland inner outer mid".split()
)
DATES = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december jan feb mar apr jun jul aug sep sept oct nov dec i".split()
)
SPEAKS = frozenset("said says told adds added wrote writes tweeted argued recalled laughed scored".split())
"""What people do, and countries, but hardly a town."""

LONGEST_WORD = 40
OPENING = " \"'(\u201c\u2018"
WORD_AFTER = re.compile(r" ([^\W\d_][\w'-]{0,39})")
ENDS_SENTENCE = (".", "!", "?", ":", ";", ")", "-", '"')
SHORTENED = re.compile(r"(?:[A-Z]|Mrs?|Ms|Dr|Prof|St|Gen|Maj|Col|Capt|Lt|Sgt|Sen|Rep|Gov|Rev|Hon)\.")
HEADLINES = ("headline", "related")
TITLED = 0.6
"""A zone is set in title case when so many of its longer words have a capital."""


def chosen(mentions: Sequence[Mention], gazetteer: Gazetteer) -> list[Mention]:
    """Keep one place of those that share a name: the one whose region follows, else the usual one, else none.

    `mentions` are those of one zone; a place that needs company has it.
    """
    places = sorted((one for one in mentions if one.alias.guarded), key=_span)
    lost: set[int] = set()
    for _, group in groupby(places, key=_span):
        rivals = list(group)
        if len(rivals) > 1:
            taken = _chosen(rivals, mentions, gazetteer)
            lost |= {id(one) for one in rivals if one is not taken}
    return [one for one in mentions if id(one) not in lost]


def _span(mention: Mention) -> tuple[int, int]:
    return mention.start, mention.end


def _chosen(rivals: Sequence[Mention], mentions: Sequence[Mention], gazetteer: Gazetteer) -> Mention | None:
    after = {one.alias.term for one in mentions if one.start == rivals[0].end + 2}
    followed = [one for one in rivals if after.intersection(gazetteer.within.get(one.alias.term, ()))]
    usual = [one for one in rivals if one.alias.needs is None]
    for candidates in (followed, usual, rivals):
        if candidates:
            return candidates[0] if len({one.alias.term for one in candidates}) == 1 else None
    return None


def kept(found: Found, texts: Mapping[str, str], gazetteer: Gazetteer) -> dict[str, list[Mention]]:
    """Return the mentions without the places that their neighbours speak against; all others stay."""
    judged = {
        zone: list(_judged(mentions, texts[zone], gazetteer, titled=zone in HEADLINES and _is_titled(texts[zone])))
        for zone, mentions in found.items()
    }
    everything = [pair for pairs in judged.values() for pair in pairs]
    parts = {one.alias for one, verdict in everything if verdict == "part"}
    free = {one.alias.term for one, verdict in everything if verdict == "free"}
    return {
        zone: [
            one
            for one, verdict in pairs
            if one.alias.term != NO_PLACE
            and one.alias not in parts
            and (verdict == "free" or (verdict == "unclear" and one.alias.term in free))
        ]
        for zone, pairs in judged.items()
    }


def _judged(
    mentions: Sequence[Mention], text: str, gazetteer: Gazetteer, *, titled: bool
) -> Iterator[tuple[Mention, Verdict]]:
    for at, mention in enumerate(mentions):
        verdict: Verdict = "free"
        if mention.alias.guarded and mention.alias.term != NO_PLACE:
            following = mentions[at + 1] if at + 1 < len(mentions) else None
            verdict = _verdict(mention, text, following, gazetteer)
            if titled and verdict != "free":
                verdict = "unclear"
        yield mention, verdict


def _verdict(mention: Mention, text: str, following: Mention | None, gazetteer: Gazetteer) -> Verdict:
    if following is not None and _is_elsewhere(mention, text, following, gazetteer):
        return "part"
    before = _before(text, mention)
    if before == "part" or mention.alias.how == "demonym" or mention.alias.case == "exact":
        return before  # what goes before a name as "Polish" and "U.S." do is followed by one
    return _after(text, mention) if before == "free" else before


def _is_elsewhere(mention: Mention, text: str, following: Mention, gazetteer: Gazetteer) -> bool:
    """Tell whether a region or country follows that the place does not lie in: Birmingham, Alabama."""
    return (
        following.start == mention.end + 2
        and text[mention.end : following.start] == ", "
        and following.alias.how != "demonym"
        and following.alias.term in gazetteer.containers
        and following.alias.term not in (within := gazetteer.within.get(mention.alias.term, ()))
        and bool(within)
    )


def _before(text: str, mention: Mention) -> Verdict:
    """Judge by the word before: a capital there makes a longer name, unless a sentence's start made the capital."""
    end = mention.start - 1
    if end < 1 or text[end] != " ":
        return "free"
    least = max(0, end - LONGEST_WORD)
    begin = max(text.rfind(" ", least, end), text.rfind("\n", least, end), least - 1) + 1
    word = text[begin:end].lstrip(OPENING)
    if not word[:1].isupper() or word.endswith(("'s", "\u2019s", ",")):
        return "free"
    if word.endswith(ENDS_SENTENCE) and not SHORTENED.fullmatch(word):
        return "free"
    plain = word.rstrip(".").lower()
    if plain in OPENERS or plain in DATES or (plain in SIDES and mention.alias.how != "demonym"):
        return "free"
    return "free" if plain.endswith(("ing", "ed", "ly")) and _starts_sentence(text, begin) else "part"


def _starts_sentence(text: str, at: int) -> bool:
    before = text[max(0, at - 3) : at].rstrip(OPENING)
    return not before or before.endswith(("\n", *ENDS_SENTENCE))


def _after(text: str, mention: Mention) -> Verdict:
    """Judge by the word after: a capital there makes a longer name, and a town that speaks is a person."""
    found = WORD_AFTER.match(text, mention.end)
    if found is None:
        return "free"
    word = found[1].lower()
    if found[1][0].isupper():
        return "free" if word in DATES or word in OPENERS else "joined"
    is_country = mention.alias.term.removeprefix("geo/").isalpha()
    return "joined" if word in SPEAKS and not is_country else "free"


def _is_titled(text: str) -> bool:
    """Tell whether a text is a headline in title case or capitals, where a capital says nothing."""
    words = [word for word in text[:2000].split() if len(word) > 3 and word[0].isalpha()]
    return bool(words) and sum(word[0].isupper() for word in words) > TITLED * len(words)


def has_places(found: Iterable[Sequence[Mention]]) -> bool:
    """Tell whether there is anything to judge."""
    return any(mention.alias.guarded for mentions in found for mention in mentions)
