"""Which topics a story is about by its words alone, learnt from the newsroom's own archive; off without a model.

The model is linear: TF-IDF vectors and a Rocchio prototype for each topic (Manning, Raghavan, Schütze 2008, section
14.2), so each verdict has words for reasons. A topic is kept only if it proves right often enough on held-out stories.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from math import log, sqrt
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from services.enrichment.matching import folded, lowered

WORD = re.compile(r"[^\W\d_]{3,30}")
MOST_WORDS = 3_000
"""So many words of a story are read."""

VOCABULARY = 20_000
LEAST_DOCUMENTS = 3
KEPT_WEIGHTS = 400
NEGATIVE = 0.25
"""How much the stories of other topics push a prototype away."""

HELD_OUT = 5
"""One story in so many is kept from the learning, to find each topic's threshold."""

PRECISION = 0.9
LEAST_RIGHT = 3
LEAST_STORIES = 15
REASONS = 3

Vector = dict[str, float]


@dataclass(frozen=True, slots=True)
class Sample:
    """A story of the archive: its text, and the topics its source or an editor gave it."""

    id: str
    text: str
    topics: frozenset[str]


@dataclass(frozen=True, slots=True)
class Guess:
    """A topic that a story's words speak for; `precision` was measured, `words` weigh most, the heaviest first."""

    topic: str
    precision: float
    words: tuple[str, ...]


class TopicModel(BaseModel):
    """What was learnt of one topic, and how right it was on stories that it was not learnt from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    threshold: float
    precision: float = Field(ge=0, le=1)
    recall: float = Field(ge=0, le=1)
    stories: int = Field(ge=0)
    weights: dict[str, float]


class Model(BaseModel):
    """The whole model, as it is kept in topics.model.json: how rare words are, and the topics."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rarity: dict[str, float] = Field(default_factory=dict, max_length=VOCABULARY)
    topics: dict[str, TopicModel] = Field(default_factory=dict, max_length=5_000)


@dataclass(frozen=True, slots=True)
class Classifier:
    """A model made ready: the topics that each word speaks for or against."""

    model: Model
    by_word: Mapping[str, Sequence[tuple[str, float]]]

    def guesses(self, text: str) -> list[Guess]:
        """Return the topics whose threshold a text reaches, by id."""
        if not self.by_word:
            return []
        vector = _vector(_words(text), self.model.rarity)
        scores: dict[str, float] = defaultdict(float)
        for word, value in vector.items():
            for topic, weight in self.by_word.get(word, ()):
                scores[topic] += value * weight
        reached = (topic for topic, score in scores.items() if score >= self.model.topics[topic].threshold)
        return [self._guess(topic, vector) for topic in sorted(reached)]

    def _guess(self, topic: str, vector: Vector) -> Guess:
        known = self.model.topics[topic]
        shares = ((value * known.weights.get(word, 0.0), word) for word, value in vector.items())
        heaviest = sorted((share for share in shares if share[0] > 0), key=lambda share: (-share[0], share[1]))
        return Guess(topic, known.precision, tuple(word for _, word in heaviest[:REASONS]))


def parse_model(document: dict[str, Any]) -> Classifier:
    """Read a model, an empty one too; raises ValidationError."""
    return _ready(Model.model_validate(document)) if document else _untaught()


@cache
def _untaught() -> Classifier:
    return _ready(Model())


def _ready(model: Model) -> Classifier:
    by_word: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for topic, known in sorted(model.topics.items()):
        for word, weight in known.weights.items():
            by_word[word].append((topic, weight))
    return Classifier(model, dict(by_word))


def learnt(samples: Iterable[Sample]) -> Model:
    """Learn the topics that have enough stories and prove right on the held-out ones; equal samples, equal model."""
    ordered = sorted(samples, key=lambda sample: sample.id)
    held = [sample for sample in ordered if _is_held_out(sample.id)]
    rest = [sample for sample in ordered if not _is_held_out(sample.id)]
    rarity = _rarity(rest)
    counted = Counter(topic for sample in rest for topic in sample.topics)
    wanted = sorted(topic for topic, count in counted.items() if count >= LEAST_STORIES)
    prototypes = _prototypes(rest, rarity, wanted)
    unseen = [(_vector(_words(sample.text), rarity), sample.topics) for sample in held]
    proven = {topic: _proven(topic, prototypes[topic], unseen, counted[topic]) for topic in wanted}
    topics = {topic: model for topic, model in proven.items() if model is not None}
    return Model(rarity=rarity if topics else {}, topics=topics)


def _is_held_out(sample: str) -> bool:
    digest = blake2b(sample.encode("utf-8", "replace"), digest_size=4).digest()
    return int.from_bytes(digest) % HELD_OUT == 0


def _words(text: str) -> Counter[str]:
    found = WORD.finditer(lowered(folded(text)))
    return Counter(word[0] for word, _ in zip(found, range(MOST_WORDS), strict=False))


def _rarity(samples: Sequence[Sample]) -> dict[str, float]:
    """Weigh words by how few stories have them; what half of all have tells nothing."""
    counts = Counter(word for sample in samples for word in _words(sample.text))
    fit = [(count, word) for word, count in counts.items() if LEAST_DOCUMENTS <= count <= len(samples) / 2]
    kept = sorted(fit, key=lambda pair: (-pair[0], pair[1]))[:VOCABULARY]
    return {word: round(log(len(samples) / count), 4) for count, word in kept}


def _vector(words: Mapping[str, int], rarity: Mapping[str, float]) -> Vector:
    raw = {word: (1 + log(count)) * rarity[word] for word, count in words.items() if word in rarity}
    length = sqrt(sum(value * value for value in raw.values()))
    return {word: value / length for word, value in raw.items()} if length else {}


def _prototypes(samples: Sequence[Sample], rarity: Mapping[str, float], wanted: Sequence[str]) -> dict[str, Vector]:
    """Return, for each topic, its stories' mean less a part of the others' mean, the heaviest words only."""
    of_topic: dict[str, Vector] = {topic: defaultdict(float) for topic in wanted}
    of_all: Vector = defaultdict(float)
    sizes: Counter[str] = Counter()
    for sample in samples:
        vector = _vector(_words(sample.text), rarity)
        topics = [topic for topic in sorted(sample.topics) if topic in of_topic]
        sizes.update(topics)
        for word, value in vector.items():
            of_all[word] += value
            for topic in topics:
                of_topic[topic][word] += value
    return {
        topic: _heaviest(_apart(sums, of_all, sizes[topic], len(samples) - sizes[topic]))
        for topic, sums in of_topic.items()
    }


def _apart(sums: Mapping[str, float], of_all: Mapping[str, float], inside: int, outside: int) -> Vector:
    return {
        word: sums.get(word, 0.0) / inside - NEGATIVE * (total - sums.get(word, 0.0)) / max(1, outside)
        for word, total in of_all.items()
    }


def _heaviest(weights: Vector) -> Vector:
    kept = sorted(weights.items(), key=lambda pair: (-abs(pair[1]), pair[0]))[:KEPT_WEIGHTS]
    return {word: round(weight, 6) for word, weight in kept}


def _proven(
    topic: str, weights: Vector, unseen: Sequence[tuple[Vector, frozenset[str]]], stories: int
) -> TopicModel | None:
    """Find the lowest threshold at which a topic is right often enough; none when there is no such."""
    scored = sorted(
        ((sum(value * weights.get(word, 0.0) for word, value in vector.items()), topic in topics))
        for vector, topics in unseen
    )
    scored.reverse()
    wanted = sum(right for _, right in scored)
    best: TopicModel | None = None
    hits = 0
    for taken, (score, right) in enumerate(scored, 1):
        hits += right
        last_of_its_score = taken == len(scored) or scored[taken][0] != score
        if last_of_its_score and score > 0 and hits >= LEAST_RIGHT and hits / taken >= PRECISION:
            best = TopicModel(
                threshold=max((score + scored[taken][0]) / 2, score / 2) if taken < len(scored) else score / 2,
                precision=round(hits / taken, 2),
                recall=round(hits / wanted, 2),
                stories=stories,
                weights=weights,
            )
    return best
