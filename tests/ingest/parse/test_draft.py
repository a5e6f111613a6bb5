"""From what a reader found to a submission within bounds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.ingest.parse.channel import Channel
from services.ingest.parse.draft import Draft, submission_of
from services.ingest.parse.values import category, each_category_once, language, number

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def channel() -> Channel:
    return Channel(source_id="bay", url="https://bay.example/feed", now=NOW)


def test_a_bare_item_with_nothing_is_none_and_told() -> None:
    place = channel()
    assert submission_of(Draft(), place) is None
    assert place.losses.told() == ("an item without words is left out: it has no name either",)


def test_the_first_words_stand_in_for_a_missing_title() -> None:
    item = submission_of(Draft(guid="g", described="<p>Only words here.</p>"), channel())
    assert item is not None
    assert item.headline == "Only words here."


def test_overlong_values_are_cut_told_and_not_refused() -> None:
    place = channel()
    authors = [{"name": f"n{number}"} for number in range(80)]
    item = submission_of(Draft(guid="g" * 5000, headline="t" * 5000, authors=authors, rights="r" * 30_000), place)
    assert item is not None
    assert (len(item.headline), len(item.guid or ""), len(item.authors)) == (1000, 2048, 50)
    assert len(place.losses.told()) == 3


def test_an_unusable_item_is_left_out_and_told() -> None:
    place = channel()
    assert submission_of(Draft(guid="g", headline="T", images=[{"url": "no address"}]), place) is None
    assert place.losses.told() == ("an item is left out, its images.0.url is not usable: g",)


def test_a_category_counts_once_by_all_it_says() -> None:
    found = [category("A"), category("A"), category("A", "s"), category(None, None, "B"), category(" ")]
    assert each_category_once(found) == [{"term": "A"}, {"term": "A", "scheme": "s"}, {"term": "B", "label": "B"}]


def test_only_language_tags_are_languages() -> None:
    assert language(None, "not a tag", "en_GB") == "en-GB"
    assert language("x" * 40) is None


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("7", 7),
        ("7px", 7),
        ("7.9", 7),
        (" 7 ", 7),
        ("-7", None),
        ("٧", None),
        ("x", None),
        (None, None),
        ("9" * 30, None),
    ],
)
def test_only_small_whole_numbers_are_numbers(text: str | None, meant: int | None) -> None:
    assert number(text) == meant
