"""No more of an article goes on than its source and its receiver's terms allow."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from services.syndication.rights import LEVELS, Restriction, allowed, least, restriction_of, told, withdrawn_as
from shared.events import Evidence, Reuse, Tag, to_json
from tests.builders import an_article

TEXT = "The river rose"


def document(reuse: Reuse, **over: Any) -> bytes:
    article = an_article(reuse=reuse, summary="In short.", body_html=f"<p>{TEXT}</p>", body_text=TEXT, **over)
    return to_json(article)


@pytest.mark.parametrize(
    ("source", "most", "left"),
    [
        ("full", "full", "full"),
        ("full", "summary", "summary"),
        ("full", "headline", "headline"),
        ("summary", "full", "summary"),
        ("summary", "headline", "headline"),
        ("headline", "full", "headline"),
        ("headline", "summary", "headline"),
    ],
)
def test_the_narrower_of_two_holds(source: Reuse, most: Reuse, left: Reuse) -> None:
    assert least(source, most) == left
    kept = orjson.loads(allowed(document(source), most))
    assert kept["reuse"] == left
    assert (kept["body_text"] == TEXT, kept["body_html"] != "") == (left == "full", left == "full")
    assert (kept["summary"] is None) == (left == "headline")
    assert kept["headline"] == an_article().headline


@pytest.mark.parametrize(
    ("most", "zones"),
    [
        ("full", ["headline", "summary", "body", "caption", "related", "category"]),
        ("summary", ["headline", "summary", "related", "category"]),
        ("headline", ["headline", "related", "category"]),
    ],
)
def test_no_word_of_what_is_cut_is_left_as_evidence_of_a_tag(most: Reuse, zones: list[str]) -> None:
    everywhere = ("headline", "summary", "body", "caption", "related", "category")
    evidence = tuple(Evidence(zone=zone, start=0, end=5, text=f"of {zone}", how="name") for zone in everywhere)
    tag = Tag(id="t", slug="storm", name="Storm", evidence=evidence, evidence_count=9)
    [left] = orjson.loads(allowed(document("full", tags=(tag,)), most))["tags"]
    assert [each["zone"] for each in left["evidence"]] == zones
    assert (left["slug"], left["evidence_count"]) == ("storm", 9)


def test_what_is_allowed_whole_is_the_very_same_bytes() -> None:
    given = document("full")
    assert allowed(given) is given


def test_a_text_that_speaks_of_reuse_changes_nothing() -> None:
    given = document("headline", tags=(), section='"reuse":"full"')
    assert orjson.loads(allowed(given))["body_html"] == ""


def test_an_articles_json_keeps_its_shape() -> None:
    assert orjson.loads(allowed(document("headline"))).keys() == orjson.loads(document("full")).keys()


def test_of_what_is_withheld_nothing_is_told_but_that_it_is() -> None:
    given = document("full", status="withheld", headline="Secret talks", section="Politics")
    left = orjson.loads(allowed(given))
    assert left.keys() == orjson.loads(given).keys()
    assert (left["id"], left["status"], left["headline"]) == (an_article().id, "withheld", "")
    assert not any(text in orjson.dumps(left).decode() for text in (TEXT, "Secret talks", "In short", "Politics"))


@pytest.mark.parametrize("restriction", ["withheld", "canceled"])
def test_of_what_stood_before_nothing_is_told_but_how_it_stands_now(restriction: Restriction) -> None:
    given = document("full", headline="Secret talks", section="Politics")
    left = orjson.loads(told(given, restriction))
    assert left.keys() == orjson.loads(given).keys()
    assert (left["id"], left["version"], left["status"]) == (an_article().id, 1, restriction)
    assert not any(text in orjson.dumps(left).decode() for text in (TEXT, "Secret talks", "In short", "Politics"))
    assert told(given, None) is given
    itself = document("full", status=restriction)
    assert told(itself, restriction) is itself


@pytest.mark.parametrize(
    ("status", "restriction"), [("usable", None), ("withheld", "withheld"), ("canceled", "canceled")]
)
def test_how_an_article_stands_is_read_from_its_json(status: str, restriction: Restriction | None) -> None:
    assert withdrawn_as(document("full", status=status, headline='"status":"canceled"')) == restriction


def test_a_text_that_speaks_of_withholding_changes_nothing() -> None:
    given = document("full", section='"status":"withheld"')
    assert allowed(given) is given


@pytest.mark.parametrize("reuse", LEVELS)
@pytest.mark.parametrize("now", LEVELS[1:])
def test_of_what_stood_before_no_more_is_told_than_may_go_on_now(reuse: Reuse, now: Reuse) -> None:
    before, restriction = document(reuse), restriction_of(document(now, version=2))
    assert restriction == now
    left = told(before, restriction)
    if least(reuse, now) == reuse:
        assert left is before
    else:
        assert left == allowed(before, now)
        assert orjson.loads(left)["body_text"] == ""


def test_what_was_withheld_stays_as_it_was_told() -> None:
    before = document("full", status="withheld")
    assert told(before, "headline") is before
    assert restriction_of(document("full")) is None
