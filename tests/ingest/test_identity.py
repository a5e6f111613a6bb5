"""What an article and a source are called."""

from __future__ import annotations

import pytest

from services.ingest.identity import article_id, guid_of, is_article_id, named_by, source_id_of, source_of


def test_the_id_is_stable_and_url_safe() -> None:
    assert article_id("desk", "story-1") == article_id("desk", "story-1")
    assert article_id("desk", "story-1") == "desk-2ahqyss2kk55jm3uhn2j"
    assert is_article_id(article_id("a-b", "https://example.org/?x=1&y=ü"))


def test_source_and_guid_do_not_run_into_each_other() -> None:
    assert article_id("a", "bc") != article_id("ab", "c")
    assert article_id("a", "x") != article_id("b", "x")


def test_the_source_is_read_back_from_an_id_although_it_holds_hyphens() -> None:
    assert source_of(article_id("kyiv-desk-2", "x")) == "kyiv-desk-2"


@pytest.mark.parametrize(
    "text", ["desk", "desk-short", "Desk-" + "a" * 20, "desk-" + "a" * 19 + "1", "../x-" + "a" * 20]
)
def test_other_texts_are_no_article_ids(text: str) -> None:
    assert not is_article_id(text)


def test_a_guid_is_preferred_to_a_url_and_a_url_to_words() -> None:
    assert guid_of("g", "https://e.org/", "h", "b") == "g"
    assert guid_of(None, "https://e.org/", "h", "b") == "https://e.org/"
    assert guid_of(None, None, "A  headline", "b") == guid_of("", None, "A headline", " b ".strip())
    assert guid_of(None, None, "h", "b") != guid_of(None, None, "h", "c")


def test_a_feed_is_named_after_its_host() -> None:
    assert source_id_of("https://www.Example.org:8080/rss") == "example-org"
    assert source_id_of("https://xn--e1aybc.example/") == "xn-e1aybc-example"
    assert source_id_of("nonsense") == "source"


def test_what_a_wireroom_calls_an_article_names_it_and_nothing_else_does() -> None:
    id = article_id("desk", "1")
    assert named_by(f"tag:news.example.org,2026:article:{id}") == id
    for other in (
        id,
        f"tag:news.example.org,2026:feed:{id}",
        f'tag:news".example,2026:article:{id}',
        f"tag:news.example.org,2026:article:{id}x!",
        f"https://news.example.org/x:article:{id}",
        "",
    ):
        assert named_by(other) is None
