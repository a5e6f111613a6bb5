from __future__ import annotations

from typing import Any

import pytest

from services.enrichment.tags import tags
from services.enrichment.taxonomy import parse_taxonomy
from services.enrichment.topics import MAX_TOPICS, TOP_LEVEL, Topics, parse_topics, topic_id
from shared.events import Category, Tag
from shared.newsroom import Invalid

VOCABULARY: dict[str, Any] = {
    "uri": "http://cv.iptc.org/newscodes/mediatopic/",
    "conceptSet": [
        {
            "uri": "http://cv.iptc.org/newscodes/mediatopic/16000000",
            "qcode": "medtop:16000000",
            "prefLabel": {"de": "Konflikt", "en-GB": "conflict, war and peace"},
        },
        {
            "qcode": "medtop:20000056",
            "prefLabel": {"de": "Kämpfe", "en-US": "armed conflict"},
            "broader": ["http://cv.iptc.org/newscodes/mediatopic/16000000"],
            "exactMatch": ["https://www.wikidata.org/entity/Q350604", "http://cv.iptc.org/newscodes/subjectcode/1"],
        },
        {
            "uri": "http://cv.iptc.org/newscodes/mediatopic/20000060",
            "prefLabel": {"en-GB": "civil unrest"},
            "broader": "medtop:20000056",
            "retired": "2019-12-16T12:00:00+00:00",
        },
        {"qcode": "medtop:20000061", "prefLabel": {}},
        {"qcode": "genre:Current", "prefLabel": {"en-GB": "no media topic"}},
        "no concept",
    ],
}


def adopted(topics: Topics, *categories: Category, **tables: Any) -> dict[str, Tag]:
    taxonomy = parse_taxonomy(tables, topics=topics)
    return {tag.id: tag for tag in tags({}, categories, "desk", taxonomy)}


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("medtop:20000056", "medtop:20000056"),
        ("http://cv.iptc.org/newscodes/mediatopic/20000056", "medtop:20000056"),
        ("https://cv.iptc.org/newscodes/mediatopic/20000056/", "medtop:20000056"),
        ("http://cv.iptc.org/newscodes/subjectcode/16000000", None),
        ("20000056", None),
        ("medtop:2000005", None),
        ("", None),
    ],
)
def test_a_topic_is_known_by_its_code_or_address(text: str, topic: str | None) -> None:
    assert topic_id(text) == topic


def test_the_top_level_is_there_without_a_file() -> None:
    topics = parse_topics({})

    assert len(topics.terms) == len(TOP_LEVEL) == 17
    assert topics.terms["medtop:15000000"].name == "Sport"


def test_a_vocabulary_gives_names_hierarchy_and_the_same_things_elsewhere() -> None:
    topics = parse_topics(VOCABULARY)
    conflict, unrest = topics.terms["medtop:20000056"], topics.terms["medtop:20000060"]

    assert (conflict.name, conflict.slug, conflict.kind) == ("Armed conflict", "armed-conflict", "topic")
    assert conflict.implies == ("medtop:16000000",)
    assert conflict.same_as == ("wikidata:Q350604",)
    assert unrest.implies == ("medtop:16000000", "medtop:20000056")
    assert topics.retired == {"medtop:20000060"}
    assert "medtop:20000061" not in topics.terms


def test_a_mapped_topic_is_asserted_and_what_is_above_it_follows() -> None:
    got = adopted(
        parse_topics(VOCABULARY),
        Category(term="Front line"),
        source_map=[{"category": "front line", "add": ["medtop:20000056"]}],
    )

    assert list(got) == ["medtop:20000056", "medtop:16000000"]
    below, above = got.values()
    assert (below.method, below.confidence, below.score) == ("source", 1.0, 2.0)
    assert (above.method, above.confidence, above.score) == ("source", 0.6, 0.5)
    assert above.evidence[0].how == "implied"


@pytest.mark.parametrize(
    "category",
    [
        Category(term="medtop:20000056", label="Fighting"),
        Category(term="http://cv.iptc.org/newscodes/mediatopic/20000056"),
        Category(term="20000056", scheme="http://cv.iptc.org/newscodes/mediatopic/"),
        Category(term="20000056", scheme="medtop:"),
    ],
)
def test_a_source_that_speaks_in_media_topics_needs_no_map(category: Category) -> None:
    assert "medtop:20000056" in adopted(parse_topics(VOCABULARY), category)


def test_a_term_that_is_the_same_as_a_topic_stands_for_it() -> None:
    war = {"id": "topic/war", "name": "War", "same_as": ["medtop:20000056"]}

    assert list(adopted(parse_topics(VOCABULARY), Category(term="medtop:20000056"), term=[war])) == ["topic/war"]


def test_a_term_may_imply_a_topic() -> None:
    war = {"id": "topic/war", "name": "War", "implies": ["medtop:20000056"]}

    got = adopted(parse_topics(VOCABULARY), Category(term="War"), term=[war])

    assert set(got) == {"topic/war", "medtop:20000056", "medtop:16000000"}


def test_a_topic_whose_slug_is_taken_goes_by_its_code() -> None:
    sport = {"id": "desk/sport", "name": "Our sport"}
    taxonomy = parse_taxonomy({"term": [sport]})

    assert taxonomy.term("medtop:15000000").slug == "medtop-15000000"


def test_a_circle_of_broader_topics_ends() -> None:
    circle = [
        {"qcode": "medtop:20000001", "prefLabel": "one", "broader": ["medtop:20000002"]},
        {"qcode": "medtop:20000002", "prefLabel": "two", "broader": ["medtop:20000001", "medtop:29999999"]},
    ]
    topics = parse_topics({"conceptSet": circle})

    assert topics.terms["medtop:20000001"].implies == ("medtop:20000002",)


@pytest.mark.parametrize("document", [{"a": 1}, {"conceptSet": "text"}, {"conceptSet": {}}])
def test_another_file_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        parse_topics(document)


def test_a_vocabulary_without_end_is_refused() -> None:
    with pytest.raises(Invalid, match="more than"):
        parse_topics({"conceptSet": [{}] * (MAX_TOPICS + 1)})
