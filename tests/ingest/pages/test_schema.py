"""schema.org's articles: the right one of several, and each of their fields in each of its forms."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest

from services.ingest.pages.said import PageArticle
from services.ingest.pages.schema import article_node, body_text, told

URL = "https://paper.example/story/"


def said(**over: Any) -> PageArticle:
    return told({"@type": "NewsArticle", "headline": "A headline"} | over, URL, UTC)


def test_the_article_of_the_address_is_taken_of_several() -> None:
    other = {"@type": "Article", "headline": "Other", "url": "https://paper.example/other/"}
    mine = {
        "@type": ["Thing", "schema:BlogPosting"],
        "headline": "Mine",
        "mainEntityOfPage": {"@id": "http://www.paper.example/story"},
    }
    assert article_node([other, mine], URL) is mine
    assert article_node([other], URL) is other
    assert article_node([{"@type": "WebSite", "name": "x"}], URL) is None


@pytest.mark.parametrize(
    "author",
    [
        "Ann Writer",
        {"name": "Ann Writer"},
        [{"@type": "Person", "name": " Ann  Writer "}],
        {"@type": "Person", "name": {"@value": "Ann Writer"}},
        ["By Ann Writer"],
        [{"@type": "Person", "name": "Ann Writer"}, {"@type": "Person", "name": "ann writer"}],
    ],
)
def test_authors_come_in_many_forms(author: Any) -> None:
    assert [one.name for one in said(author=author).authors] == ["Ann Writer"]


def test_what_is_no_name_is_no_author() -> None:
    assert (
        said(author=["ann@paper.example", "https://paper.example/ann", "admin", "", None, 5, {"name": 7}]).authors == ()
    )


def test_a_person_is_told_whole() -> None:
    (ann,) = said(
        author={
            "@type": "Person",
            "name": "Ann Writer",
            "jobTitle": "Correspondent",
            "description": "She covers the sea.",
            "url": "/ann/",
            "image": [{"@type": "ImageObject", "url": "/ann.jpg"}],
            "sameAs": ["https://social.example/ann", "javascript:alert(1)", "https://social.example/ann"],
        }
    ).authors
    assert (ann.role, ann.bio, ann.url) == ("Correspondent", "She covers the sea.", "https://paper.example/ann/")
    assert (ann.avatar, ann.links) == ("https://paper.example/ann.jpg", ("https://social.example/ann",))


@pytest.mark.parametrize(
    "image",
    ["/a.jpg", ["/a.jpg"], {"url": "/a.jpg"}, {"contentUrl": "/a.jpg"}, [{"url": ["/a.jpg"]}], {"@id": "/a.jpg"}],
)
def test_images_come_in_many_forms(image: Any) -> None:
    assert [one.url for one in said(image=image).images] == ["https://paper.example/a.jpg"]


def test_an_images_caption_credit_and_size_are_told() -> None:
    (image,) = said(
        image={
            "url": "/a.jpg",
            "caption": "At sea",
            "creditText": "Ann Lens",
            "width": "1200px",
            "height": {"value": 800},
        }
    ).images
    assert (image.caption, image.credit, image.width, image.height, image.lead) == (
        "At sea",
        "Ann Lens",
        1200,
        800,
        True,
    )


@pytest.mark.parametrize(
    "keywords", ["One, Two", ["One", "Two"], ["One,Two", "one"], [{"name": "One"}, "Two", None, 3]]
)
def test_keywords_come_in_many_forms(keywords: Any) -> None:
    assert [tag.term for tag in said(keywords=keywords).tags] == ["One", "Two"]


FIELDS = (
    "headline author image keywords datePublished publisher inLanguage articleSection mainEntityOfPage "
    "isAccessibleForFree description contributor articleBody"
).split()


def test_odd_values_are_left_out_and_never_an_error() -> None:
    odd: list[Any] = [None, 5, True, [], {}, [[]], [None], {"@value": 5}, "x" * 100_000, "\ud800"]
    for value in odd:
        for name in FIELDS:
            said(**{name: value})
            assert isinstance(body_text({name: value}), str)


def test_dates_keep_their_time_and_section_language_and_site_are_told() -> None:
    found = said(
        datePublished="2024-12-16T23:14:05+02:00",
        dateModified=["2024-12-17"],
        articleSection=["World", "Asia"],
        inLanguage="en_GB",
        publisher={"name": "The Paper &amp; Co"},
        headline="It&#8217;s here",
    )
    assert found.published_at is not None
    assert found.published_at.isoformat() == "2024-12-16T21:14:05+00:00"
    assert (found.section, found.language, found.site, found.headline) == (
        "World",
        "en-GB",
        "The Paper & Co",
        "It’s here",
    )
