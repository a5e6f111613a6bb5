"""What a reader that shows only the body finds in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.syndication.feeds.body import body, caption, stamp
from shared.events import Author, Image, Related
from tests.syndication.feeds.in_memory import CDN, MORNING, SITE, a_story


def test_the_parts_stand_in_the_order_a_page_shows_them() -> None:
    html = body(a_story(), SITE)
    marks = ["1 min read", "<figure>", "WASHINGTON", "<p>North", "(Updated:", "<aside>", "<footer>"]
    places = [html.index(mark) for mark in marks]
    assert places == sorted(places)


def test_the_picture_has_its_size_its_alternative_and_caption_with_credit() -> None:
    assert (
        f'<figure><img src="{CDN}/ryder.jpg" width="1600" height="900" alt="A general at a lectern">'
        "<figcaption>General Pat Ryder at the Pentagon on Oct. 31, 2023. (Kevin Dietsch/Getty Images)"
        "</figcaption></figure>"
    ) in body(a_story(), SITE)


def test_a_picture_that_the_body_shows_is_not_shown_twice() -> None:
    picture = Image(url=f"{CDN}/x.jpg?a=1&b=2", lead=True)
    html = body(a_story(images=(picture,), body_html=f'<p><img src="{CDN}/x.jpg?a=1&amp;b=2" alt=""></p>'), SITE)
    assert html.count("<img") == 2  # the body's own, and the avatar
    assert "<figure>" not in html


@pytest.mark.parametrize(
    ("said", "credit", "expected"),
    [("A", "B", "A (B)"), ("A", None, "A"), (None, "B", "(B)"), (None, None, "")],
)
def test_a_caption_is_whole_with_either_part_missing(said: str | None, credit: str | None, expected: str) -> None:
    assert caption(Image(url="https://x.example/", caption=said, credit=credit)) == expected


def test_the_updated_stamp_is_for_people_and_in_utc() -> None:
    assert "<p><em>(Updated: Dec. 17, 2024, 4:05 p.m. UTC)</em></p>" in body(a_story(), SITE)


@pytest.mark.parametrize("updated", [None, MORNING, MORNING - timedelta(days=1)])
def test_a_story_not_updated_since_publication_has_no_stamp(updated: datetime | None) -> None:
    assert "Updated" not in body(a_story(updated_at=updated), SITE)


@pytest.mark.parametrize(
    ("hour", "expected"), [(0, "12:00 a.m."), (11, "11:00 a.m."), (12, "12:00 p.m."), (23, "11:00 p.m.")]
)
def test_a_stamp_tells_noon_and_midnight(hour: int, expected: str) -> None:
    assert stamp(datetime(2026, 5, 3, hour, tzinfo=UTC)) == f"May 3, 2026, {expected} UTC"


def test_a_related_story_is_a_card_with_its_summary() -> None:
    assert (
        '<aside><p>Related: <a href="https://desk.example.org/friendly-fire">'
        "Unit fired on its own side, intelligence claims</a></p>"
        "<p>Eight soldiers died, the agency says.</p></aside>"
    ) in body(a_story(), SITE)


def test_a_related_story_without_a_web_address_is_left_out() -> None:
    assert "<aside>" not in body(a_story(related=(Related(url="data:text/html,x", headline="X"),)), SITE)


def test_the_author_box_has_face_name_role_bio_and_read_more() -> None:
    assert (
        f'<footer><p><img src="{CDN}/tim.jpg" width="96" height="96" alt="Tim Zadorozhnyy"> '
        "<strong>Tim Zadorozhnyy</strong>, Reporter. Tim covers foreign policy from Warsaw. "
        '<a href="https://news.example.org/authors/tim-zadorozhnyy">Read more</a></p></footer>'
    ) in body(a_story(), SITE)


def test_each_author_has_a_box_and_a_bare_name_is_one() -> None:
    html = body(a_story(authors=(Author(name="Ann"), Author(name="Bo", role="Editor"))), SITE)
    more = '<a href="https://news.example.org/authors/bo">Read more</a>'
    footer = f"<footer><p><strong>Ann</strong></p><p><strong>Bo</strong>, Editor. {more}</p></footer>"
    assert html.endswith(footer)


def test_an_author_with_a_page_elsewhere_is_read_more_of_there() -> None:
    html = body(a_story(authors=(Author(id="ann", name="Ann", url="https://ann.example/about"),)), SITE)
    assert '<a href="https://ann.example/about">Read more</a>' in html


def test_a_dateline_the_body_begins_with_is_not_said_twice() -> None:
    assert "<strong>WASHINGTON" not in body(a_story(body_text="Washington — Soldiers"), SITE)


def test_an_unknown_reading_time_is_not_shown() -> None:
    assert "min read" not in body(a_story(reading_minutes=0), SITE)


def test_a_name_with_markup_is_text() -> None:
    html = body(a_story(authors=(Author(name="<script>x</script>"),)), SITE)
    assert "<script>" not in html
    assert "&lt;script&gt;x&lt;/script&gt;" in html


def test_every_element_of_a_body_is_one_that_feeds_may_hold() -> None:
    shown = body(a_story(body_html='<p><bdo dir="rtl" lang="he">abc</bdo></p>'), SITE)
    assert '<p><bdi dir="rtl" lang="he">abc</bdi></p>' in shown
