"""One article against ten thousand stored queries: of who sees all of it, and of who may see less."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from statistics import median
from typing import get_args

from shared.events import Article, Reuse, Tag
from shared.query import Query, QueryIndex, parse, subject_of
from tests.benchmarks.rows import Row
from tests.builders import an_article

STORED = 10_000
WORDS = 1_000
VOCABULARY = 20_000
TAGS = 2_000
MOST_MS = 5.0

Sees = Callable[[int], Reuse | None]


async def run(times: int = 40) -> list[Row]:
    """Measure with the text cut into words anew each time, as it is for each article."""
    chance = random.Random(5)
    stored, levels = [_asked(chance, number) for number in range(STORED)], get_args(Reuse)
    articles = {reuse: _article(random.Random(6), reuse) for reuse in levels}

    def row(name: str, article: Article, sees: Sees) -> Row:
        index = _index(stored, sees)
        matched = len(index.matching(subject_of(article, "article.published")))
        value = _cpu_ms(lambda: index.matching(subject_of(article, "article.published")), times)
        note = f"of {WORDS:,} words; {matched} match"
        return Row(name=f"{STORED:,} stored queries, {name}", value=value, unit="ms CPU", target=MOST_MS, note=note)

    return [
        row("all see all", articles["full"], lambda _: None),
        row("each sees as much as any", articles["full"], lambda _: "full"),
        row("a third sees headlines", articles["full"], lambda number: levels[number % 3]),
        row("a source of summaries", articles["summary"], lambda number: (None, *levels)[number % 4]),
    ]


def _cpu_ms(work: Callable[[], object], times: int) -> float:
    """Return the median milliseconds of CPU of one."""
    found = []
    for _ in range(times):
        started = time.process_time()
        work()
        found.append((time.process_time() - started) * 1e3)
    return median(found)


def _index(stored: list[Query], sees: Sees) -> QueryIndex[int]:
    index = QueryIndex[int]()
    for number, query in enumerate(stored):
        index.add(number, query, sees(number))
    return index


def _asked(chance: random.Random, number: int) -> Query:
    """Draw a query as people store them; one in a hundred names nothing that an article must have."""
    tag, word, other = chance.randrange(TAGS), _asked_word(chance), _asked_word(chance)
    if number % 100 == 0:
        return parse(f"NOT tag:t{tag} NOT {word}")
    forms = (
        f"tag:t{tag}",
        f"tag:t{tag} AND {word}",
        f"tag:t{tag} OR {word}",
        f'"{word} {other}"',
        f"{word} AND {other} AND NOT tag:t{tag}",
        f"lang:en AND {word[:5]}*",
        f"section:world AND NOT {word} AND tag:t{tag}",
    )
    return parse(forms[number % len(forms)])


def _asked_word(chance: random.Random) -> str:
    return f"w{chance.randrange(VOCABULARY)}x"


def _word(chance: random.Random) -> str:
    """Draw a word of a text, some of them far commoner than others."""
    return f"w{min(int(chance.paretovariate(0.4)), VOCABULARY)}x"


def _article(chance: random.Random, reuse: Reuse) -> Article:
    numbers = chance.sample(range(TAGS), 10)
    return an_article(
        headline=" ".join(_word(chance) for _ in range(10)),
        summary=" ".join(_word(chance) for _ in range(30)),
        body_text=" ".join(_word(chance) for _ in range(WORDS)),
        section="World",
        reuse=reuse,
        tags=tuple(Tag(id=f"t{each}", slug=f"t{each}", name=f"Tag {each}") for each in numbers),
    )
