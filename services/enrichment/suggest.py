"""The strongest names in a newsroom's stories that its taxonomy does not know: for an editor to add, never tags."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from math import log2

from services.enrichment.guard import DATES, OPENERS
from services.enrichment.matching import folded, longest
from services.enrichment.taxonomy import Taxonomy

TOKEN = re.compile(r"[^\W_][\w'-]*|[^\w\s]|\n")
PARTICLES = frozenset("of de da di do dos du des del della la le el al bin ibn van von der den ter und et y".split())
TITLES = frozenset(
    "mr mrs ms miss dr prof professor sir lord lady dame president vice prime minister chancellor senator sen governor "
    "gov mayor judge justice general gen major maj colonel col captain capt lieutenant lt sergeant sgt king queen rev "
    "reverend attorney secretary-general prince princess pope bishop ambassador secretary rep representative "
    "congressman congresswoman".split()
)
ENDINGS = frozenset("inc corp ltd co jr sr llc plc ii iii iv st".split())
KNOWN = "\ufdd0"
"""A noncharacter (Unicode 23.7) in place of what the taxonomy knows: it ends a row of names."""

Token = tuple[str, int, int]
"""A word or a sign, and where it starts and ends."""

NOUNS_ARE_CAPITAL = frozenset({"de", "lb", "gsw"})
"""Languages where a capital makes no name: there only rows of words within a sentence are taken."""

SENTENCE_ENDS = frozenset('.!?:\n"')
MOST_WORDS = 6
LONGEST = 80
LONGEST_TEXT = 200_000
EXAMPLES = 2
AROUND = 45
"""Code points of text on each side of an example."""

PLACES = 3
"""Of so many articles a mention of each name is kept, for examples and for who judges it."""

MOST_JUDGED = 300
"""Only so many of the strongest names are put to a judge, so that its time has a bound."""


@dataclass(frozen=True, slots=True)
class Story:
    """What is read of an article: its id, its texts, and its language (BCP 47) where that is known."""

    id: str
    texts: tuple[str, ...]
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A mention: of which story, and where it stands in which of its texts."""

    story: Story
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a judge says of one mention: whether it is a name, and of what kind if it knows."""

    is_name: bool
    kind: str | None = None


Judge = Callable[[Sequence[Place]], Sequence[Opinion | None]]
"""Says of each mention what it takes it for, or nothing."""


@dataclass(frozen=True, slots=True)
class Example:
    """Where a name was said: the article's id, and the words around it."""

    article: str
    text: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A name nobody has listed: in so many articles, so many times; the kind is a judge's guess."""

    name: str
    articles: int
    mentions: int
    score: float
    examples: tuple[Example, ...]
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """Words with capitals in a row, from `start` to `end` of a text; `opens` when the first one opens a sentence."""

    words: tuple[str, ...]
    start: int
    end: int
    opens: bool


@dataclass(slots=True)
class Heard:
    """What is known of one name while stories are read."""

    articles: set[str] = field(default_factory=set)
    mentions: int = 0
    places: list[Place] = field(default_factory=list)


def suggested(
    stories: Iterable[Story], taxonomy: Taxonomy, *, least: int = 2, limit: int = 20, judge: Judge | None = None
) -> list[Suggestion]:
    """Return the strongest unknown names that stand in at least so many articles, ties by name.

    A name's score is the number of its articles times log2(1 + words): a long name that returns is seldom chance.
    A surname after its full name counts for that. A judge's doubt takes up to half of the score away.
    """
    heard = _heard([(story, [(text, list(_tokens(text, taxonomy))) for text in story.texts]) for story in stories])
    found = (
        (Suggestion(" ".join(words), len(one.articles), one.mentions, _score(words, one), _examples(one)), one.places)
        for words, one in heard.items()
        if len(one.articles) >= least and not _is_known(words, taxonomy)
    )
    ranked = sorted(found, key=lambda pair: _rank(pair[0]))
    names = [name for name, _ in ranked]
    if judge:
        names[:MOST_JUDGED] = _judged(ranked[:MOST_JUDGED], judge)
        names.sort(key=_rank)
    return names[:limit]


def _heard(read: Sequence[tuple[Story, Sequence[tuple[str, Sequence[Token]]]]]) -> dict[tuple[str, ...], Heard]:
    """Collect what the stories say of each name."""
    small = Counter(word for _, texts in read for _, tokens in texts for word, _, _ in tokens if word.islower())
    heard: dict[tuple[str, ...], Heard] = defaultdict(Heard)
    for story, texts in read:
        said = [(text, name) for text, tokens in texts for name in _names(tokens, small)]
        if (story.language or "").partition("-")[0].lower() in NOUNS_ARE_CAPITAL:
            said = [(text, name) for text, name in said if len(name.words) > 1 and not name.opens]
        for text, name, words in _with_surnames(said):
            _hear(heard[words], Place(story, text, name.start, name.end))
    return heard


def _rank(one: Suggestion) -> tuple[float, int, str]:
    return -one.score, -one.mentions, one.name


def _judged(ranked: Sequence[tuple[Suggestion, Sequence[Place]]], judge: Judge) -> Iterator[Suggestion]:
    """Yield the names with the kind that most of their mentions have; those that were not judged stay as they are."""
    opinions = iter(judge([place for _, places in ranked for place in places]))
    for name, places in ranked:
        said = [one for one in islice(opinions, len(places)) if one]
        if not said:
            yield name
            continue
        doubt = sum(not one.is_name for one in said) / len(said)
        kind, times = Counter(one.kind for one in said).most_common(1)[0]
        known = kind if times * 2 > len(said) else None
        yield replace(name, score=round(name.score * (1 - doubt / 2), 2), kind=known)


def _tokens(text: str, taxonomy: Taxonomy) -> Iterator[Token]:
    """Yield words and signs with their places; what the taxonomy knows is one sign."""
    text = text[:LONGEST_TEXT]
    known = iter(longest(taxonomy.matcher.mentions(text)))
    next_known = next(known, None)
    # Folding makes spaces of line ends, which end sentences too.
    for found in TOKEN.finditer("\n".join(map(folded, text.split("\n")))):
        while next_known is not None and next_known.end <= found.start():
            next_known = next(known, None)
        covered = next_known is not None and found.start() >= next_known.start
        yield KNOWN if covered else found[0], found.start(), found.end()


def _runs(tokens: Sequence[Token]) -> Iterator[Run]:
    """Yield the longest rows of capitalised words, with particles between them."""
    at = 0
    opens = True
    while at < len(tokens):
        word = tokens[at][0]
        if not word[0].isupper():
            opens = word in SENTENCE_ENDS or (opens and not word[0].isalnum())
            at += 1
            continue
        last = _last(tokens, at)
        row = tokens[at : last + 1]
        yield Run(tuple(one for one, _, _ in row), row[0][1], row[-1][2], opens)
        at, opens = last + 1, False


def _last(tokens: Sequence[Token], at: int) -> int:
    """Find where a row of names ends: each word one space after the other."""
    last = at
    following = at + 1
    while (
        following < len(tokens) and following - at < MOST_WORDS and tokens[following][1] == tokens[following - 1][2] + 1
    ):
        word = tokens[following][0]
        if word[0].isupper():
            last = following
        elif word not in PARTICLES:
            break
        following += 1
    return last


def _names(tokens: Sequence[Token], small: Mapping[str, int]) -> Iterator[Run]:
    """Yield what is left of each row without titles, dates and words that only open a sentence."""
    for run in _runs(tokens):
        words, start, opens = list(run.words), run.start, run.opens
        while words and (words[0] in PARTICLES or _is_no_name(words[0]) or (opens and small[words[0].lower()])):
            start += len(words.pop(0)) + 1
            opens = False
        while len(words) > 1 and words[-1].lower() in DATES:
            words.pop()
        if words and not (opens and len(words) == 1):
            words[-1] = words[-1].removesuffix("'s").rstrip("'-")
            if _may_be_name(words):
                yield Run(tuple(words), start, start + len(" ".join(words)), opens)


def _is_no_name(word: str) -> bool:
    low = word.lower()
    return low in OPENERS or low in TITLES or low in DATES


def _may_be_name(words: Sequence[str]) -> bool:
    """Refuse what is too short or long, a shouted line, and what only ends names."""
    name = " ".join(words)
    if len(words) == 1:
        return 2 <= len(name) <= LONGEST and "'" not in name and name.lower() not in ENDINGS | DATES
    return len(name) <= LONGEST and not name.isupper()


def _with_surnames(said: Sequence[tuple[str, Run]]) -> Iterator[tuple[str, Run, tuple[str, ...]]]:
    """Yield the names of one article, a surname as the full name that the article has it from."""
    full: dict[str, tuple[str, ...]] = {}
    for _, run in said:
        if len(run.words) > 1:
            full.setdefault(run.words[-1], run.words)
    for text, run in said:
        yield text, run, full.get(run.words[0], run.words) if len(run.words) == 1 else run.words


def _hear(one: Heard, place: Place) -> None:
    if place.story.id not in one.articles and len(one.places) < PLACES:
        one.places.append(place)
    one.articles.add(place.story.id)
    one.mentions += 1


def _examples(one: Heard) -> tuple[Example, ...]:
    return tuple(Example(place.story.id, _around(place)) for place in one.places[:EXAMPLES])


def _around(place: Place) -> str:
    """Return the whole words around a name."""
    before = place.text[max(0, place.start - AROUND) : place.start]
    behind = place.text[place.end : place.end + AROUND]
    if place.start > AROUND:
        before = before.partition(" ")[2]
    if place.end + AROUND < len(place.text):
        behind = behind.rpartition(" ")[0]
    return " ".join(f"{before}{place.text[place.start : place.end]}{behind}".split())


def _score(words: Sequence[str], one: Heard) -> float:
    return round(len(one.articles) * log2(1 + len(words)), 2)


def _is_known(words: Sequence[str], taxonomy: Taxonomy) -> bool:
    """Tell whether the taxonomy, its places included, has a spelling for the whole name where it stands alone."""
    name = " ".join(words)
    return any((one.start, one.end) == (0, len(name)) for one in taxonomy.matcher.mentions(name))
