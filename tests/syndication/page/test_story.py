"""What readers see of an article: what is left out when it may not be passed on, or was taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.syndication.page.story import author_slug, direction, moment, person, story
from shared.events import Article, Author, Corrected, Related, Retraction
from tests.syndication.feeds.in_memory import CDN, MORNING, a_story


def test_every_part_of_the_story_is_there() -> None:
    told = story(a_story(), level=2)
    assert told.picture is not None
    assert (told.picture.url, told.picture.credit) == (f"{CDN}/ryder.jpg", "Kevin Dietsch/Getty Images")
    assert (told.picture.width, told.picture.height) == (1600, 900)
    assert told.minutes == 1
    assert told.dateline == "WASHINGTON"
    assert told.updated is not None
    assert [one.name for one in told.people] == ["Tim Zadorozhnyy"]
    assert [one.headline for one in told.related] == ["Unit fired on its own side, intelligence claims"]
    assert [one.slug for one in told.topics] == ["north-korea", "kursk-oblast"]
    assert "Ryder said" in told.body


def test_no_update_stamp_where_nothing_was_updated() -> None:
    assert story(a_story(updated_at=MORNING), level=2).updated is None
    assert story(a_story(updated_at=None), level=2).updated is None


def test_a_dateline_that_the_body_has_is_not_said_twice() -> None:
    assert story(a_story(body_text="Washington — North Korean soldiers"), level=2).dateline == ""


@pytest.mark.parametrize(("reuse", "summary"), [("summary", True), ("headline", False)])
def test_no_more_is_shown_than_may_be_passed_on(reuse: str, summary: bool) -> None:
    told = story(a_story(reuse=reuse), level=2)
    assert not told.body
    assert told.picture is None
    assert bool(told.summary) == summary
    assert told.origin


def test_a_story_taken_back_leaves_its_headline_and_the_reason() -> None:
    retraction = Retraction(reason="Made up.", replacement_url="https://desk.example.org/new")
    told = story(a_story(status="canceled", retraction=retraction), level=2)
    assert told.notice is not None
    assert (told.notice.reason, told.notice.replacement) == ("Made up.", "https://desk.example.org/new")
    assert (told.body, told.picture, told.people, told.related) == ("", None, (), ())


def test_corrections_are_shown() -> None:
    correction = Corrected(version=2, at=MORNING + timedelta(hours=1), note="It was eight soldiers.")
    [one] = story(a_story(corrections=(correction,)), level=2).corrections
    assert one.note == "It was eight soldiers."


def test_an_address_that_could_run_is_no_address() -> None:
    bad = "javascript:alert(1)"
    article = a_story(related=(Related(url=bad, headline="Click"),), url=bad, canonical_url=None)
    told = story(article, level=2)
    assert (told.related, told.origin) == ((), None)
    assert person(Author(name="Ann", avatar=bad, url=bad, links=(bad,))).links == ()


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("ar", "rtl"),
        ("he-IL", "rtl"),
        ("ha-Arab", "rtl"),
        ("az-Latn", "ltr"),
        ("ar-Latn", "ltr"),
        ("en", "ltr"),
        (None, None),
    ],
)
def test_the_direction_follows_the_script(language: str | None, written: str | None) -> None:
    assert direction(language) == written


def test_moments_are_told_in_utc() -> None:
    found = moment(MORNING)
    assert (found.iso, found.text) == ("2024-12-17T08:30:00Z", "Dec. 17, 2024, 8:30 a.m. UTC")


@pytest.mark.parametrize(
    ("name", "initials"), [("Tim Zadorozhnyy", "TZ"), ("Ann", "A"), ("Ana de la Cruz", "AC"), ("!?", "")]
)
def test_a_face_is_stood_in_for_by_initials(name: str, initials: str) -> None:
    assert person(Author(name=name)).initials == initials


def test_an_author_without_letters_has_no_page() -> None:
    assert author_slug(Author(name="!!!")) == ""
    assert person(Author(name="!!!")).slug == ""


def test_the_body_may_be_cut() -> None:
    long: Article = a_story(body_html="".join(f"<p>{'word ' * 50}</p>" for _ in range(20)))
    assert story(long, level=2, limit=1000).cut
    assert not story(long, level=2).cut
