"""Single values of an item, from what feedparser gives."""

from __future__ import annotations

from services.ingest.parse.item import Channel, authors, categories, images, language, submission_of, zones

CHANNEL = Channel(source_id="bay", url="https://bay.example/feed")


def test_a_bare_entry_with_nothing_is_no_item() -> None:
    assert submission_of({}, CHANNEL) is None


def test_the_first_words_stand_in_for_a_missing_title() -> None:
    item = submission_of({"id": "g", "summary_detail": {"value": "<p>Only words here.</p>"}}, CHANNEL)
    assert item is not None
    assert item.headline == "Only words here."


def test_overlong_values_are_cut_and_not_refused() -> None:
    entry = {"id": "g" * 5000, "title": "t" * 5000, "authors": [{"name": "n" * 500}] * 80, "rights": "r" * 30_000}
    item = submission_of(entry, CHANNEL)
    assert item is not None
    assert (len(item.headline), len(item.guid or ""), len(item.authors)) == (1000, 2048, 50)


def test_the_same_words_are_not_summary_and_body_at_once() -> None:
    assert zones({"value": "<p>x</p>"}, [{"value": "<p>x</p>"}]) == ("", "<p>x</p>")


def test_addresses_are_no_names() -> None:
    assert authors([{"name": "a@b.c"}, {}, {"name": " "}], "") == []


def test_a_category_counts_once() -> None:
    assert len(categories([{"term": "A"}, {"term": "A"}, {"label": "B"}, {}])) == 2


def test_a_thumbnail_stands_in_when_there_is_no_picture() -> None:
    assert [image["url"] for image in images({"media_thumbnail": [{"url": "/t.jpg"}]}, "https://e.org/")] == [
        "https://e.org/t.jpg"
    ]


def test_only_language_tags_are_languages() -> None:
    assert language(None, "not a tag", "en_GB") == "en-GB"
    assert language("x" * 40) is None
