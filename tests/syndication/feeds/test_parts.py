"""What every format is told of an article."""

from __future__ import annotations

from datetime import timedelta

from services.syndication.feeds.parts import (
    ABSTRACT,
    abstract,
    image_type,
    lead_image,
    modified,
    names,
)
from services.syndication.feeds.shelf import FeedName
from shared.events import Author, Image
from tests.syndication.feeds.in_memory import CDN, MORNING, a_story


def test_the_first_version_is_as_old_as_its_publication() -> None:
    assert modified(a_story(updated_at=None)) == MORNING


def test_a_later_version_without_a_moment_is_dated_by_its_arrival() -> None:
    arrival = MORNING + timedelta(hours=3)
    assert modified(a_story(version=2, updated_at=None, ingested_at=arrival)) == arrival


def test_no_version_is_older_than_its_publication() -> None:
    assert modified(a_story(updated_at=MORNING - timedelta(days=3))) == MORNING


def test_the_lead_is_the_picture_marked_so_wherever_it_stands() -> None:
    pictures = (Image(url=f"{CDN}/1.jpg"), Image(url=f"{CDN}/2.jpg", lead=True))
    lead = lead_image(a_story(images=pictures))
    assert lead is not None
    assert lead.url == f"{CDN}/2.jpg"


def test_a_picture_without_a_web_address_never_leads() -> None:
    pictures = (Image(url="data:image/png;base64,AAAA", lead=True), Image(url=f"{CDN}/2.jpg"))
    lead = lead_image(a_story(images=pictures))
    assert lead is not None
    assert lead.url == f"{CDN}/2.jpg"


def test_a_media_type_that_is_none_is_told_by_the_ending() -> None:
    assert image_type(Image(url=f"{CDN}/a.PNG", type='image/"x')) == "image/png"
    assert image_type(Image(url=f"{CDN}/a", type=None)) == "image/jpeg"
    assert image_type(Image(url=f"{CDN}/a.png", type="image/avif")) == "image/avif"


def test_a_missing_summary_is_the_start_of_the_body_cut_at_a_word() -> None:
    text = abstract(a_story(summary=" ", body_text="word " * 500))
    assert text.endswith("word…")
    assert ABSTRACT - 5 <= len(text) <= ABSTRACT + 1


def test_a_script_without_spaces_is_cut_too() -> None:
    assert len(abstract(a_story(summary=None, body_text="字" * 5000))) == ABSTRACT + 1


def test_a_short_body_is_its_own_abstract() -> None:
    assert abstract(a_story(summary=None, body_text="Short.")) == "Short."


def test_feeds_are_called_what_people_call_their_tag_author_or_source() -> None:
    assert names(a_story()) == {
        FeedName("sources", "desk"): "World Desk",
        FeedName("tags", "north-korea"): "North Korea",
        FeedName("tags", "kursk-oblast"): "Kursk Oblast",
        FeedName("authors", "tim-zadorozhnyy"): "Tim Zadorozhnyy",
        FeedName("languages", "en"): "en",
    }


def test_an_author_without_profile_has_the_feed_of_the_name() -> None:
    found = names(a_story(authors=(Author(name="Ann Müller"),)))
    assert found[FeedName("authors", "ann-muller")] == "Ann Müller"
