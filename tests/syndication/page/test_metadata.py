"""What a page says of itself to machines: JSON-LD that no text can break out of, and OpenGraph."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from services.syndication.page.metadata import article_graph, article_ld, author_ld, canonical, describing, script
from shared.events import Author, Retraction
from tests.syndication.feeds.in_memory import CDN, SITE, a_story


def ld(**over: Any) -> Any:
    return orjson.loads(str(script(article_ld(a_story(**over), SITE))))


@pytest.mark.parametrize("text", ["</script><script>alert(1)</script>", "<!--", "]]>", "a\u2028b", "&lt;"])
def test_no_text_ends_the_script_element(text: str) -> None:
    found = script({"headline": text})
    assert not set("<>&\u2028\u2029") & set(found)
    assert orjson.loads(str(found)) == {"headline": text}


def test_a_news_article_names_its_parts() -> None:
    found = ld()
    assert found["@type"] == "NewsArticle"
    assert found["headline"] == a_story().headline
    assert found["author"][0]["url"] == "https://news.example.org/authors/tim-zadorozhnyy"
    assert found["author"][0]["jobTitle"] == "Reporter"
    assert found["image"][0] == {
        "@type": "ImageObject",
        "url": f"{CDN}/ryder.jpg",
        "caption": "General Pat Ryder at the Pentagon on Oct. 31, 2023.",
        "creditText": "Kevin Dietsch/Getty Images",
        "width": 1600,
        "height": 900,
    }
    assert found["datePublished"] == "2024-12-17T08:30:00Z"
    assert found["dateModified"] == "2024-12-17T16:05:00Z"


def test_a_story_taken_back_says_no_more_than_that() -> None:
    found = ld(status="canceled", retraction=Retraction(reason="Made up."))
    assert (found["creativeWorkStatus"], found["correction"]) == ("Retracted", "Made up.")
    assert not {"articleBody", "image", "author", "description"} & set(found)


def test_a_picture_is_not_shown_where_the_story_may_not_be_passed_on() -> None:
    assert "image" not in ld(reuse="summary")
    assert "og:image" not in dict(article_graph(a_story(reuse="headline"), SITE))


def test_open_graph_shows_the_lead_picture_with_its_size() -> None:
    found = dict(article_graph(a_story(), SITE))
    assert found["og:type"] == "article"
    assert found["og:image"] == f"{CDN}/ryder.jpg"
    assert (found["og:image:width"], found["og:image:height"]) == ("1600", "900")
    assert found["article:modified_time"] == "2024-12-17T16:05:00Z"


def test_search_engines_are_sent_to_where_the_story_is_at_home() -> None:
    assert canonical(a_story(), SITE) == "https://desk.example.org/kursk-casualties"
    assert canonical(a_story(canonical_url="https://home.example/x"), SITE) == "https://home.example/x"
    assert canonical(a_story(url=None), SITE) == "https://news.example.org/articles/desk-aaaaaaaaaaaaaaaaaaaa"


def test_a_description_is_short_and_ends_at_a_word() -> None:
    told = describing(a_story(summary="word " * 200), SITE)
    assert len(told) <= 301
    assert told.endswith("word…")


def test_an_author_has_a_profile() -> None:
    found = author_ld(Author(id="ann", name="Ann <b>", bio="Writes."), SITE)
    assert found["@type"] == "ProfilePage"
    assert found["mainEntity"]["name"] == "Ann <b>"
