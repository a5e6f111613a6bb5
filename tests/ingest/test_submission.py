"""What may be handed in, and how what may not is named."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from services.ingest.submission import Submission, is_web_url
from tests.builders import a_push
from tests.ingest.parts import a_submission


def faults(**over: Any) -> set[str]:
    with pytest.raises(ValidationError) as caught:
        Submission.model_validate(a_push(**over))
    return {".".join(str(part) for part in fault["loc"]) for fault in caught.value.errors()}


def test_only_a_source_a_headline_and_a_name_are_needed() -> None:
    given = Submission.model_validate({"source": {"id": "a"}, "guid": "g", "headline": "h"})
    assert (given.url, given.published_at, given.reuse, given.status) == (None, None, None, None)


def test_an_unknown_field_is_refused_by_its_name() -> None:
    assert faults(headlin="x") == {"headlin"}
    assert faults(authors=[{"name": "A", "rôle": "x"}]) == {"authors.0.rôle"}


def test_a_wrong_field_is_named_by_its_place() -> None:
    assert faults(authors=[{"name": "A"}, {"role": "x"}]) == {"authors.1.name"}
    assert faults(images=[{"url": "ftp://example.org/x"}]) == {"images.0.url"}
    assert faults(source={"id": "No Slug"}) == {"source.id"}
    assert faults(headline="  ") == {"headline"}
    assert faults(status="deleted", language="not a language") == {"status", "language"}


def test_an_article_without_guid_and_url_is_refused_at_guid() -> None:
    assert faults(guid=None, url=None) == {"guid"}
    assert faults(guid="", url="") == {"guid"}


def test_tags_are_another_word_for_categories_and_texts_are_terms() -> None:
    plain = a_push(tags=["Bay", {"term": "ferry", "scheme": "https://e.org/s", "label": "Ferry"}])
    assert [category.term for category in Submission.model_validate(plain).categories] == ["Bay", "ferry"]


@pytest.mark.parametrize(
    "moment", ["2026-11-22T10:00:00", "yesterday", "0001-01-01T00:00:00+05:00", "9999-12-31T23:00:00-05:00"]
)
def test_a_date_without_zone_or_sense_is_refused(moment: str) -> None:
    assert faults(published_at=moment) == {"published_at"}


@pytest.mark.parametrize("number", [3600, 0.5, "3600", "-1", "1.5", True])
def test_a_number_is_no_moment_so_that_no_embargo_ends_in_1970(number: object) -> None:
    assert faults(embargoed_until=number) == {"embargoed_until"}
    assert faults(published_at=number) == {"published_at"}


def test_sizes_are_bounded() -> None:
    assert faults(headline="x" * 1001) == {"headline"}
    assert faults(authors=[{"name": "A"}] * 51) == {"authors"}
    assert faults(url="https://example.org/" + "x" * 2048) == {"url"}


def test_characters_that_xml_cannot_carry_are_dropped() -> None:
    assert a_submission(headline="a\x00b\x0bc\ufffed").headline == "abcd"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "//example.org/x",
        "/x",
        "http://",
        "https://exa mple.org",
        "http://e.org/\n",
        "http://[::1",
        "http:\\\\e.org",
        "file:///etc/passwd",
    ],
)
def test_only_absolute_web_urls_pass(url: str) -> None:
    assert not is_web_url(url)


def test_a_way_names_articles_of_wirerooms() -> None:
    way = "tag:news.example.org,2026:article:desk-" + "a" * 20
    assert a_submission(via=[way]).via == (way,)
    for wrong in ("desk-1", f"{way}/x", '"', ""):
        with pytest.raises(ValidationError, match="tag:HOST,YEAR:article:ID"):
            a_submission(via=[wrong])


@pytest.mark.parametrize("field", ["summary", "section", "byline", "guid"])
def test_a_text_of_which_nothing_is_left_is_none(field: str) -> None:
    given = Submission.model_validate({**a_push(), field: " \x01\ufffe"})
    assert getattr(given, field) is None


def test_a_guid_of_which_nothing_is_left_is_no_name() -> None:
    with pytest.raises(ValidationError, match="is needed when there is no url"):
        Submission.model_validate({**a_push(), "guid": "\x01", "url": None})
