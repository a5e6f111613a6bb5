"""How well copies and related stories are found, on the labelled stories; `labelled/README.md` says what they are."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from services.enrichment.duplicates import Index, Signature, signature
from services.enrichment.duplicates.verdict import judged
from services.enrichment.neighbours import Neighbours
from services.enrichment.newsroom import Edition, Newsroom
from services.enrichment.tags import tags, zones_of
from shared.events import Article
from shared.redis import Store
from tests.builders import an_article
from tests.enrichment.duplicates.parts import EDITS, LABELLED, stories, text

START = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
TEXTS = 100


@dataclass
class Recognised:
    """How many edited texts were recognised, and as what; those `wrong` were taken for another's."""

    asked: int = 0
    copies: int = 0
    revisions: int = 0
    wrong: int = 0

    @property
    def recall(self) -> float:
        return (self.copies + self.revisions) / self.asked


@dataclass
class Copies:
    """Recall by edit, and how many of the texts themselves were wrongly taken for copies of each other."""

    by_edit: dict[str, Recognised] = field(default_factory=dict)
    false: int = 0


async def copies(store: Store) -> Copies:
    """Take TEXTS texts of 400 words in, then ask for each edit of each; a headline of its own, as wires have."""
    index, found, chance = Index(store), Copies(), random.Random(5)
    for seed in range(TEXTS):
        verdict = await index.judge(f"text-{seed}", 1, START, _signed(text(seed), f"Headline {seed}"))
        found.false += bool(verdict.near)
    for name, edit in EDITS.items():
        seen = found.by_edit[name] = Recognised(asked=TEXTS)
        given = [_signed(edit(text(seed), chance), f"Another {name} {seed}") for seed in range(TEXTS)]
        looked = await asyncio.gather(*(index.look("edited", 1, START, each, take=False) for each in given))
        for seed, (each, near) in enumerate(zip(given, looked, strict=True)):
            verdict = judged("edited", each.size, near)
            of = verdict.duplicate_of or verdict.revision_of
            seen.copies += verdict.duplicate_of == f"text-{seed}"
            seen.revisions += verdict.revision_of == f"text-{seed}"
            seen.wrong += of not in (None, f"text-{seed}")
    return found


def _signed(text: str, headline: str) -> Signature:
    found = signature(headline, text)
    assert found is not None
    return found


@dataclass
class Beside:
    """Of the related stories given at each place, how many are of the thread; of those there were, how many given."""

    given: Counter[int] = field(default_factory=Counter)
    right: Counter[int] = field(default_factory=Counter)
    there: int = 0

    def precision(self, places: int) -> float:
        return sum(self.right[at] for at in range(places)) / sum(self.given[at] for at in range(places))

    @property
    def recall(self) -> float:
        return self.right.total() / self.there


async def beside(store: Store) -> Beside:
    """Enrich the labelled stories in order of time; count the five that readers would see."""
    neighbours, found, earlier = Neighbours(store), Beside(), Counter[str]()
    edition = await asyncio.to_thread(_edition)
    for number, story in enumerate(stories()):
        thread = story["thread"]
        article = await neighbours.beside(_tagged(number, story, edition), _moment(story))
        for place, each in enumerate(article.related[:5]):
            found.given[place] += 1
            found.right[place] += str(each.id).split("-")[1] == thread
        found.there += min(5, earlier[thread])
        earlier[thread] += 1
    return found


def _moment(story: dict[str, object]) -> datetime:
    return START + timedelta(hours=float(str(story["hour"])))


def _tagged(number: int, story: dict[str, str], edition: Edition) -> Article:
    moment = _moment(dict(story))
    article = an_article(
        id=f"desk-{story['thread']}-{number:02}",
        headline=story["headline"],
        body_text=story["text"],
        url=f"https://news.example.org/{number}",
        published_at=moment,
        ingested_at=moment,
    )
    found = tags(zones_of(article), (), "desk", edition.taxonomy)
    return article.model_copy(update={"tags": found})


def _edition() -> Edition:
    with TemporaryDirectory() as folder:
        (Path(folder) / "taxonomy.toml").write_bytes((LABELLED / "taxonomy.toml").read_bytes())
        newsroom = Newsroom(Path(folder))
        newsroom.refresh()
        if newsroom.refusals:
            raise ValueError(newsroom.refusals)
        return newsroom.current
