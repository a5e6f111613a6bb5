"""Addresses, dates, titles and merging: the small parts that pages are read with."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from lxml import html

from services.ingest.pages import merge
from services.ingest.pages.addresses import picture, picture_of, same_picture
from services.ingest.pages.made import author, language, short
from services.ingest.pages.meta import bare_title
from services.ingest.pages.moments import first_dated, moment, stamped
from services.ingest.pages.said import PageArticle, Told
from services.ingest.submission import AuthorInput, ImageInput

BASE = "https://paper.example/a/b"


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("/x.jpg", "https://paper.example/x.jpg"),
        ("/_next/image?url=%2Fx.jpg&w=96&q=75", "https://paper.example/x.jpg"),
        ("/_next/image?url=https%3A%2F%2Fassets.example%2Fx.jpg&w=96", "https://assets.example/x.jpg"),
        (
            "/_next/image?url=javascript%3Aalert(1)&w=96",
            "https://paper.example/_next/image?url=javascript%3Aalert(1)&w=96",
        ),
        ("javascript:alert(1)", None),
        ("file:///etc/passwd", None),
        ("data:image/png;base64,AAAA", None),
        ("", None),
        ("http://[bad", None),
        ("/a b.jpg", "https://paper.example/a%20b.jpg"),
        ("/" + "x" * 10_000, None),
    ],
)
def test_pictures_addresses(value: str, found: str | None) -> None:
    assert picture(value, BASE) == found


@pytest.mark.parametrize(
    ("img", "found"),
    [
        ('<img src="data:image/gif;base64,R0" data-src="/x.jpg">', "x.jpg"),
        ('<img srcset="/s.jpg 400w, /l.jpg 1200w, /m.jpg 800w">', "l.jpg"),
        ('<img srcset="/one.jpg, /two.jpg 2x">', "two.jpg"),
        ('<picture><source srcset="/p.webp 600w"><img></picture>', "p.webp"),
        ('<img src="/plain.jpg" srcset="/l.jpg 1200w">', "plain.jpg"),
    ],
)
def test_the_address_of_an_img(img: str, found: str) -> None:
    element = html.fromstring(f"<div>{img}</div>").find(".//img")
    assert element is not None
    assert picture_of(element, BASE) == f"https://paper.example/{found}"


def test_sizes_of_one_picture_are_one_picture() -> None:
    ghost = "https://www.paper.example/content/images/size/w600/2024/12/a.jpg"
    assert same_picture(ghost) == same_picture("http://paper.example/content/images/2024/12/a.jpg?v=1")
    press = "https://paper.example/wp-content/uploads/a-1024x683.jpg"
    assert same_picture(press) == same_picture("https://paper.example/wp-content/uploads/a.jpg")
    assert same_picture("https://paper.example/a.jpg") != same_picture("https://paper.example/b.jpg")


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("(Updated: Dec. 17, 2024 1:05 pm)", "Dec. 17, 2024 1:05 pm"),
        (" (Updated:  )", ""),
        ("Last updated on 17 December 2024", "17 December 2024"),
        ("Оновлено: 17 грудня 2024, 13:05", "17 грудня 2024, 13:05"),
        ("The list was updated by hand", None),
        ("Updated with what the mayor said", None),
        ("Zuletzt aktualisiert: 17.12.2024", "17.12.2024"),
        ("Stand: 17.12.2024, 13:05 Uhr", "17.12.2024, 13:05 Uhr"),
        ("Standing by the river", None),
        ("Dernière mise à jour : 17 décembre 2024", "17 décembre 2024"),
        ("Mise à jour de la carte des restaurants", None),
        ("تم التحديث: 17 ديسمبر 2024", "17 ديسمبر 2024"),
        ("December 16, 2024 10:00 am (Updated: December 17, 2024 1:05 pm)", "December 17, 2024 1:05 pm"),
        ("Published: 16.12.2024 | Updated: 17.12.2024", "17.12.2024"),
        ("Three wards (Updated: four) were closed on Dec. 17", None),
        (
            "Updated figures show that the harvest is twice what it was in the year before, the ministry said, and "
            * 3,
            None,
        ),
    ],
)
def test_stamps(text: str, when: str | None) -> None:
    assert stamped(text.strip()) == when


def test_a_line_of_both_dates_tells_the_first() -> None:
    assert first_dated("December 16, 2024 10:00 am (Updated: December 17, 2024)") == "December 16, 2024 10:00 am"
    assert first_dated("Veröffentlicht am 16.12.2024 – aktualisiert: 17.12.2024") == "16.12.2024"
    assert first_dated("Updated: 17.12.2024") is None


def test_a_year_or_a_time_alone_is_no_moment_and_the_sources_zone_holds() -> None:
    assert moment("2024") is None
    assert moment("") is None
    assert moment("Dec. 17, 2024 1:05 pm", ZoneInfo("Europe/Kyiv")) == datetime(2024, 12, 17, 11, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("title", "site", "bare"),
    [
        ("A story | The Paper", "The Paper", "A story"),
        ("The Paper - A story", "Paper", "A story"),
        ("A story — part two — The Paper", "the paper", "A story — part two"),
        ("Paper | plastic", "The Weekly", "Paper | plastic"),
        ("The Paper", "The Paper", "The Paper"),
        ("A story | The Paper", None, "A story | The Paper"),
    ],
)
def test_titles_lose_the_sites_name(title: str, site: str | None, bare: str) -> None:
    assert bare_title(title, site) == bare


def test_the_heading_helps_a_title_that_is_cut_or_carries_an_unknown_name() -> None:
    assert merge.headline(PageArticle(headline="A long story of many wo…"), "A long story of many words") == (
        "A long story of many words"
    )
    assert merge.headline(PageArticle(headline="A story | Some Site"), "A story") == "A story"
    assert merge.headline(PageArticle(headline="Told otherwise"), "A story") == "Told otherwise"
    assert merge.headline(PageArticle(), "") is None


def test_boxes_complete_known_authors_and_add_none_unless_believed() -> None:
    ann = AuthorInput(name="Ann Writer")
    boxes = [Told(name="ann  writer", role="Reporter"), Told(name="Bo Second", role="Editor")]
    assert [(one.name, one.role) for one in merge.authors([ann], boxes, believed=False)] == [("Ann Writer", "Reporter")]
    assert [one.name for one in merge.authors([ann], boxes, believed=True)] == ["Ann Writer", "Bo Second"]
    assert [one.name for one in merge.authors([], boxes, believed=False)] == ["ann writer", "Bo Second"]


def test_the_lead_is_the_one_that_the_head_names_else_the_one_above_the_text() -> None:
    def image(name: str, **over: object) -> ImageInput:
        return ImageInput(url=f"https://paper.example/{name}.jpg", **over)  # type: ignore[arg-type]

    named = [image("b", width=10)]
    (lead, other) = merge.images([image("a")], [image("b", caption="In the text")], named)
    assert (lead.url, lead.lead, lead.width, lead.caption) == (named[0].url, True, 10, "In the text")
    assert (other.url, other.lead) == (image("a").url, False)
    assert [one.lead for one in merge.images([image("a")], [], named)] == [True]
    assert [one.url for one in merge.images([], [image("c")], named)] == [named[0].url, image("c").url]
    assert merge.images([], [], []) == []


def test_odd_names_are_nobody() -> None:
    assert author(Told(name="admin")) is None
    assert author(Told(name="x" * 200)) is None
    assert author(Told(name="a@b.example")) is None
    assert language("not a language") is None
    assert short("a" * 400) == "a" * 299 + "…"
