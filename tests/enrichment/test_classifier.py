from __future__ import annotations

import random

import pytest
from pydantic import ValidationError

from services.enrichment.classifier import LEAST_STORIES, Sample, learnt, parse_model
from services.enrichment.tags import tags
from services.enrichment.taxonomy import Taxonomy, parse_taxonomy
from shared.events import Category, Tag

FOOTBALL = "goal keeper striker penalty referee pitch crowd league coach transfer corner header".split()
COURTS = "judge verdict appeal lawyer jury witness trial plea court clerk bench sentence".split()
COMMON = "the a town people said week after before many small large house river street road bridge".split()


def samples(count: int = 120, seed: int = 5) -> list[Sample]:
    chance = random.Random(seed)
    made = []
    for number in range(count):
        topic, words = (("medtop:15000000", FOOTBALL), ("medtop:02000000", COURTS))[number % 2]
        text = " ".join(chance.choices(COMMON, k=40) + chance.choices(words, k=12))
        made.append(Sample(f"s{number}", text, frozenset({topic})))
    return made


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    return parse_taxonomy({}, classifier=parse_model(learnt(samples()).model_dump()))


def told(taxonomy: Taxonomy, body: str, *categories: str) -> dict[str, Tag]:
    given = [Category(term=category) for category in categories]
    return {tag.id: tag for tag in tags({"headline": "A day", "body": body}, given, "desk", taxonomy)}


def test_what_is_learnt_holds_on_stories_not_seen() -> None:
    model = learnt(samples())
    classifier = parse_model(model.model_dump())
    unseen = [Sample(f"u{at}", one.text, one.topics) for at, one in enumerate(samples(60, seed=9))]
    right = [{guess.topic for guess in classifier.guesses(one.text)} == one.topics for one in unseen]

    assert set(model.topics) == {"medtop:15000000", "medtop:02000000"}
    assert all(topic.precision >= 0.9 for topic in model.topics.values())
    assert sum(right) >= 0.9 * len(right)


def test_the_same_samples_in_any_order_give_the_same_model() -> None:
    one, other = samples(), samples()
    random.Random(1).shuffle(other)

    assert learnt(one).model_dump_json() == learnt(other).model_dump_json()


def test_too_few_stories_or_topics_that_no_word_tells_apart_are_not_learnt() -> None:
    chance = random.Random(2)
    noise = [
        Sample(f"n{at}", " ".join(chance.choices(COMMON, k=50)), frozenset({f"medtop:0{1 + at % 2}000000"}))
        for at in range(200)
    ]

    assert learnt(samples(LEAST_STORIES)).topics == {}
    assert learnt(noise).topics == {}
    assert learnt([]).topics == {}


def test_a_guess_is_a_tag_of_its_own_method_with_the_words_for_reasons(taxonomy: Taxonomy) -> None:
    body = "People said the referee gave a penalty, and the striker beat the keeper after the corner."
    tag = told(taxonomy, body)["medtop:15000000"]

    assert (tag.method, tag.score, tag.primary, tag.name) == ("classifier", 1.0, False, "Sport")
    assert tag.confidence >= 0.9
    assert tag.evidence_count == len(tag.evidence) == 3
    for reason in tag.evidence:
        assert (reason.zone, reason.how) == ("body", "classifier")
        assert body[reason.start : reason.end] == reason.text in FOOTBALL


def test_what_a_source_says_of_the_topic_leaves_nothing_to_guess(taxonomy: Taxonomy) -> None:
    body = "The referee gave a penalty, and the striker beat the keeper."

    assert set(told(taxonomy, body, "medtop:05000000")) == {"medtop:05000000"}
    assert "medtop:15000000" in told(taxonomy, body, "A label nobody mapped")


def test_a_topic_that_is_gone_from_the_taxonomy_is_not_guessed() -> None:
    model = learnt(samples()).model_dump()
    model["topics"]["topic/gone"] = model["topics"].pop("medtop:15000000")
    taxonomy = parse_taxonomy({}, classifier=parse_model(model))

    assert told(taxonomy, "The referee gave a penalty, and the striker beat the keeper.") == {}


def test_without_a_model_nothing_is_guessed() -> None:
    assert told(parse_taxonomy({}), "The referee gave a penalty, and the striker beat the keeper.") == {}


@pytest.mark.parametrize("document", [{"topics": 7}, {"rarity": {"a": "b"}}, {"more": 1}])
def test_another_file_is_refused(document: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        parse_model(document)
