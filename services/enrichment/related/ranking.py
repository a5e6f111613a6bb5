"""Which earlier articles are shown beside one: by the tags and words they share and how near in time they are."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.enrichment.related.shelves import READ, Row, Shelved, moment_of
from services.enrichment.related.words import NOTHING, WORDS, telling
from shared.events import Article, Related

MOST = 5
"""Related stories in all, those placed by editors included."""
SPARE = 3
"""Computed ones given beyond that: some may have been taken back by the time they are to be shown."""

MOST_TAGS = 2
"""Tags an article is shelved and looked for under; more found no more on the labelled set."""
MOST_CARDS = 20

FADING = 72 * 3_600.0
"""Seconds by which an article counts for 1/e."""
LEAST = 0.03
"""Score below which two stories only share a subject that many have."""
DAY = 86_400.0


Scored = list[tuple[Shelved, float]]


@dataclass(frozen=True, slots=True)
class Telling:
    """What finds an article's related stories: its foremost tags with their weights (1: the strongest), and itself."""

    tags: tuple[tuple[str, float], ...]
    self: Shelved


def told_by(article: Article) -> Telling | None:
    """Return what an article is found by, or None when it has no tag: primary ones first, then the strongest."""
    applied = [tag for tag in article.tags if tag.status == "applied"]
    foremost = sorted(applied, key=lambda tag: not tag.primary)[:MOST_TAGS]
    if not foremost:
        return None
    top = max(tag.score for tag in foremost) or 1.0
    at = moment_of(article.published_at, article.ingested_at)
    words = telling(article.headline, article.body_text or article.summary or "")
    return Telling(tuple((tag.id, tag.score / top) for tag in foremost), Shelved(article.id, at, words))


def ranked(given: Telling, shelves: Sequence[Sequence[Row]], besides: Collection[str]) -> Scored:
    """Return the related stories and their scores (0 to 1), the strongest first, ties by id.

    `shelves` are the newest articles of each tag. A score is the share of my telling words that the other has, rare
    ones counting for more; shared tags, again the rare ones, add up to as much; it fades with the time between the
    two. Of a text without such words (in a script without capitals and spaces) the tags alone count.
    """
    weights = [weight * _rarity(shelf, given.self.at) for (_, weight), shelf in zip(given.tags, shelves, strict=True)]
    most = sum(weights)
    shared: dict[str, float] = {}
    others: dict[str, Row] = {}
    for weight, shelf in zip(weights, shelves, strict=True):
        by_id = {one[0]: one for one in reversed(shelf)}  # an older version may stand there too
        others |= by_id
        for id in by_id:
            shared[id] = shared.get(id, 0.0) + weight
    for id in (given.self.id, *besides):
        others.pop(id, None)
    if not others:
        return []
    ids, moments, words = zip(*others.values(), strict=True)
    ages = np.abs(np.array(moments) - given.self.at)
    tags = np.array([shared[id] for id in ids]) / most
    scores = _alike(given.self.words, words) * (1 + tags) / 2 * np.exp(-ages / FADING)
    best = np.argsort(-scores, kind="stable")[: MOST + SPARE].tolist()
    found = [(Shelved(*others[ids[at]]), round(score, 3)) for at in best if (score := float(scores[at])) >= LEAST]
    return sorted(found, key=lambda each: (-each[1], each[0].id))


def with_related(article: Article, ours: Mapping[str, str], computed: Scored) -> tuple[Related, ...]:
    """Return an article's related stories: its editors' cards, with our id where we have the story, then computed ones.

    A computed one has no headline or address yet: what stands in the ledger is filled in where that is read.
    """
    cards = [card for card in article.related if card.kind == "editorial"][:MOST_CARDS]
    placed = [card.model_copy(update={"id": card.id or ours.get(card.url)}) for card in cards]
    known = {card.id for card in placed}
    room = MOST - len(placed)
    more = [(one, score) for one, score in computed if one.id not in known][: room + SPARE] if room > 0 else []
    return (*placed, *(Related(id=one.id, url="", headline="", kind="computed", score=score) for one, score in more))


def _rarity(shelf: Sequence[Row], at: float) -> float:
    """Return how rare a tag is, by how many of its articles there are to three days: 1 for none, less for more."""
    if len(shelf) < READ:
        count = float(sum(abs(at - moment) <= 3 * DAY for _, moment, _ in shelf))
    else:
        count = READ * 3 * DAY / max(1.0, shelf[0][1] - shelf[-1][1])
    return 1 / math.log2(2 + count)


def _alike(mine: bytes, others: Sequence[bytes]) -> NDArray[np.float64]:
    """Return how many of my telling words others have, rare ones (among these) counting for more: 0 to 1 each."""
    words = np.frombuffer(mine, np.uint16)  # in whatever byte order: they are compared, never read
    words = words[words != NOTHING]
    if not len(words):
        return np.ones(len(others))
    # The others last: numpy takes whole rows of the last axis at once, and is slow where that is short.
    table = np.ascontiguousarray(np.frombuffer(b"".join(others), np.uint16).reshape(len(others), WORDS).T)
    has = np.ascontiguousarray((words[:, None, None] == table).any(axis=1).T)
    weights = np.log2(1 + (1 + len(others)) / (1 + has.sum(axis=0)))
    alike: NDArray[np.float64] = has @ weights / weights.sum()
    return alike
