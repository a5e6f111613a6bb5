"""What of an article each field of a query sees."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from shared.events import Article, Author, Reuse, Source, Tag
from shared.query import Subject, parse, subject_of

WHEN = datetime(2026, 11, 22, 10, tzinfo=UTC)
ARTICLE = Article(
    id="kyiv-independent-abc",
    source=Source(id="kyiv-independent", name="The Independent"),
    guid="1",
    section="World News",
    headline="Casualties rise near the border",
    summary="Officials spoke on Sunday.",
    body_text="The region’s governor said that North Korean troops had left.",
    language="zh-Hant_TW",
    published_at=WHEN,
    ingested_at=WHEN,
    authors=(Author(id="ann-writer", name="Ann Wríter"), Author(name="AP")),
    tags=(
        Tag(id="t1", slug="kursk-oblast", name="Kursk Oblast", kind="place"),
        Tag(id="t2", slug="sport", name="Sport", kind="theme", status="suggested"),
    ),
)


def matches(query: str, article: Article = ARTICLE, event_type: str = "article.updated") -> bool:
    return parse(query).matches(subject_of(article, event_type))


@pytest.mark.parametrize(
    "query",
    [
        "tag:t1",
        "tag:kursk-oblast",
        'tag:"kursk  OBLAST"',
        "tag:kursk*",
        "author:ann-writer",
        'author:"ann wríter"',
        "author:AP",
        "source:kyiv-independent",
        'section:"world news"',
        "section:world-news",
        "lang:zh",
        "lang:zh-hant",
        "lang:ZH-Hant-TW",
        "type:article.updated",
        "type:article.*",
        "kind:place",
        "casualties",
        "CASUALTIES",
        "casual*",
        "officials",
        "governor",
        "text:troops",
        '"north korean troops"',
        '"north kor"*',
        "tag:*",
        "*",
    ],
)
def test_a_field_finds_what_the_article_has(query: str) -> None:
    assert matches(query)


@pytest.mark.parametrize(
    "query",
    [
        "tag:kursk",
        'tag:"kursk*"',
        "author:ann",
        "source:kyiv",
        "lang:z",
        "lang:zh-tw",
        "type:article.retracted",
        "kind:person",
        "casual",
        '"troops korean"',
        '"orth korean"',
        '"north kor"',
        "kursk",
    ],
)
def test_a_field_finds_nothing_that_only_looks_alike(query: str) -> None:
    assert not matches(query)


@pytest.mark.parametrize("field", ["duplicate_of", "revision_of"])
def test_the_first_of_a_cluster_is_no_copy_or_revision(field: str) -> None:
    later = ARTICLE.model_copy(update={field: "wire-a"})
    assert matches("first-of-cluster:true")
    assert not matches("first-of-cluster:false OR NOT first-of-cluster:TRUE")
    assert matches("First-Of-Cluster:false NOT first-of-cluster:true", later)


def test_a_tag_that_is_only_suggested_does_not_count() -> None:
    assert not matches("tag:sport OR kind:theme")


def test_of_what_is_withheld_nothing_can_be_found_out() -> None:
    withheld = ARTICLE.model_copy(update={"status": "withheld"})
    word = next(iter(subject_of(ARTICLE, "article.updated").vocabulary))
    for query in (word, "tag:kursk-oblast", "author:ann-writer", "section:world-news", "lang:zh"):
        assert matches(query)
        assert not matches(query, withheld)
    assert matches(f"source:{ARTICLE.source.id} AND type:article.updated", withheld)


def test_a_phrase_does_not_reach_from_headline_to_summary() -> None:
    assert matches("border officials")
    assert not matches('"border officials"')


def test_an_article_with_nothing_optional_has_no_values() -> None:
    bare = ARTICLE.model_copy(
        update={
            "section": None,
            "language": None,
            "summary": None,
            "body_text": "",
            "authors": (),
            "tags": (),
        }
    )
    assert not matches("section:* OR lang:* OR author:* OR tag:* OR kind:*", bare)
    assert matches("source:* casualties", bare)


def test_text_is_cut_into_words_only_when_a_query_asks_for_it() -> None:
    subject = subject_of(ARTICLE, "article.updated")
    assert parse("tag:kursk-oblast lang:zh NOT author:nobody").matches(subject)
    assert "vocabulary" not in vars(subject)
    assert parse("casualties").matches(subject)
    assert "vocabulary" in vars(subject)


def test_a_phrase_in_ten_megabytes_of_almost_it_is_found_in_linear_time() -> None:
    subject = Subject({}, ("a " * 5_000_000 + "b " + "a " * 300 + "c",))
    almost, there = f'"{"a " * 400}c"', f'"b {"a " * 300}c"'
    assert not parse(almost).matches(subject)
    assert parse(there).matches(subject)


@pytest.mark.parametrize(
    ("name", "query", "found"),
    [
        ("Associated Press", 'author:"AP"', True),
        ("The Associated Press", "author:ap", True),
        ("Agence France-Presse", "author:AFP", True),
        ("Deutsche Presse-Agentur", "author:dpa", True),
        ("Reuters", "author:R", False),
    ],
)
def test_an_agency_is_found_by_what_it_signs_with(name: str, query: str, found: bool) -> None:
    story = ARTICLE.model_copy(update={"authors": (Author(id="wire", name=name, kind="agency"),)})
    assert matches(query, story) == found


def test_a_person_is_not_found_by_initials() -> None:
    assert not matches("author:AW")


@pytest.mark.parametrize(
    ("source", "sees", "left"),
    [
        ("full", None, 3),
        ("headline", None, 3),
        ("full", "full", 3),
        ("full", "summary", 2),
        ("full", "headline", 1),
        ("summary", "full", 2),
        ("summary", "headline", 1),
        ("headline", "full", 1),
    ],
)
def test_who_may_have_less_of_an_article_is_matched_with_less(source: Reuse, sees: Reuse | None, left: int) -> None:
    whole = subject_of(ARTICLE.model_copy(update={"reuse": source}), "article.updated")
    seen = whole.as_seen(sees)
    assert [parse(word).matches(seen) for word in ("casualties", "officials", "governor")] == [
        number < left for number in range(3)
    ]
    assert parse("tag:kursk-oblast lang:zh section:world-news").matches(seen)
    assert seen.whole is whole
    assert (seen is whole) is (left == 3)
    assert whole.as_seen(sees) is seen
