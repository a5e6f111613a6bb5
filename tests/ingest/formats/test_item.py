"""What a story of a wire file may hold, and what becomes of what is too much."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from services.ingest.document import Document, Unreadable
from services.ingest.formats.item import Facts, Item, Skipped, document_of, item_of, language_of, moment_of
from services.ingest.submission import LONGEST_BODY, Submission


def item(**fields: Any) -> Item:
    found = item_of(Facts(guid="g", fields={"headline": "H"} | fields), "wire")
    assert isinstance(found, Item), found
    return found


def story(found: Item) -> Submission:
    assert isinstance(found.content, Submission)
    return found.content


def test_long_texts_are_cut_and_told() -> None:
    found = item(headline="h" * 2_000, body_html="b" * (LONGEST_BODY + 1), summary="s" * 30_000, dateline="d" * 400)
    one = story(found)
    assert (len(one.headline), len(one.body_html), len(one.summary or "")) == (1_000, LONGEST_BODY, 20_000)
    assert found.lost == (
        "headline beyond 1000 characters",
        "body_html beyond 1000000 characters",
        "summary beyond 20000 characters",
        "dateline beyond 300 characters",
    )


def test_too_many_of_a_kind_are_cut_and_told() -> None:
    found = item(
        authors=[{"name": f"n{number}"} for number in range(60)],
        categories=[{"term": "t" * 400}] * 210,
        images=[{"url": f"https://x.example/{number}.jpg"} for number in range(201)],
    )
    one = story(found)
    assert (len(one.authors), len(one.categories), len(one.images)) == (50, 200, 200)
    assert len(one.categories[0].term) == 300
    assert found.lost[0] == "10 of the authors, beyond the first 50"


def test_addresses_that_are_none_of_the_web_are_left_out() -> None:
    found = item(
        url="ftp://x.example/",
        authors=[{"name": "n", "url": "mailto:n@x.example", "avatar": "a.jpg"}],
        images=[{"url": "javascript:x"}, {"url": "https://x.example/i.jpg"}],
        related=[{"url": "/relative", "headline": "r"}],
    )
    one = story(found)
    assert (one.url, one.authors[0].url, one.authors[0].avatar, one.related) == (None, None, None, ())
    assert [image.url for image in one.images] == ["https://x.example/i.jpg"]
    assert len(found.lost) == 3


def test_what_is_still_no_article_is_skipped_with_the_reason() -> None:
    found = item_of(
        Facts(guid="g", fields={"headline": "h", "images": [{"url": "https://x.example/", "width": -1}]}), "w"
    )
    assert found == Skipped("is not an article: images.0.width: must be 0 or more")


def test_of_items_with_one_name_the_later_version_holds_and_the_later_one_of_equal_versions() -> None:
    told = (("second", 2), ("first", 1), ("second again", 2))
    found = document_of([Item(guid="g", content=story(item(headline=name)), version=at) for name, at in told])
    assert isinstance(found, Document)
    assert [one.headline for one in found.submissions] == ["second again"]


def test_a_file_without_a_story_says_what_its_first_item_is() -> None:
    assert document_of([Skipped("is a picture"), Skipped("is a video")]) == Unreadable("is a picture")
    assert document_of([]) == Unreadable("holds no item")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-20T10:15:00+01:00", datetime(2026, 11, 20, 9, 15, tzinfo=UTC)),
        ("20261120T101500Z", datetime(2026, 11, 20, 10, 15, tzinfo=UTC)),
        ("20261120T101500+0100", datetime(2026, 11, 20, 9, 15, tzinfo=UTC)),
        (" 2026-11-20T10:15:00 ", datetime(2026, 11, 20, 10, 15, tzinfo=UTC)),
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_moments_are_read_in_both_forms_of_iso_8601(text: str, moment: datetime | None) -> None:
    assert moment_of(text) == moment


def test_the_first_well_formed_language_is_taken() -> None:
    assert language_of(None, "english language", "pt_BR", "de") == "pt-BR"
    assert language_of("", None) is None
