"""An article as a JSON Feed item, with what the format has no names for."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from services.syndication.feeds.channel import Channel
from services.syndication.feeds.jsonfeed import FOOT, VERSION, fault, head, item
from services.syndication.feeds.shelf import ALL, FeedName
from shared.events import Article, Author, Corrected, Enclosure, Retraction
from tests.syndication.feeds.in_memory import CDN, MORNING, SITE, a_story


def read(article: Article) -> dict[str, Any]:
    fragment = item(article, SITE)
    assert fault(fragment) is None
    found: dict[str, Any] = orjson.loads(fragment)
    return found


def test_every_part_of_the_story_has_its_name() -> None:
    two = (*a_story().authors, Author(name="Reuters", kind="agency"))
    found = read(a_story(authors=two))
    assert found["id"] == f"tag:news.example.org,2026:article:{a_story().id}"
    assert (found["url"], found["title"], found["summary"]) == (a_story().url, a_story().headline, a_story().summary)
    assert (found["date_published"], found["date_modified"]) == ("2024-12-17T08:30:00Z", "2024-12-17T16:05:00Z")
    assert (found["image"], found["language"], found["tags"]) == (
        f"{CDN}/ryder.jpg",
        "en",
        ["North Korea", "Kursk Oblast"],
    )
    assert found["authors"] == [
        {
            "name": "Tim Zadorozhnyy",
            "url": "https://news.example.org/authors/tim-zadorozhnyy",
            "avatar": f"{CDN}/tim.jpg",
            "_news": {"role": "Reporter", "bio": "Tim covers foreign policy from Warsaw.", "kind": "person"},
        },
        {"name": "Reuters", "_news": {"kind": "agency"}},
    ]
    assert found["attachments"][0]["size_in_bytes"] == 284120
    assert "<figcaption>" in found["content_html"]
    news = found["_news"]
    assert (news["pub_status"], news["version"], news["reading_minutes"], news["dateline"]) == (
        "usable",
        1,
        1,
        "WASHINGTON",
    )
    assert news["lead_image"]["caption"] == "General Pat Ryder at the Pentagon on Oct. 31, 2023."
    assert news["lead_image"]["credit"] == "Kevin Dietsch/Getty Images"
    assert news["related"][0]["title"] == "Unit fired on its own side, intelligence claims"


def test_corrections_and_enclosures_are_told() -> None:
    made = Corrected(note="The rank was wrong.", version=2, at=MORNING)
    sound = Enclosure(url=f"{CDN}/talk.mp3", type="audio/mpeg", bytes=9, seconds=61, title="The talk")
    found = read(a_story(corrections=(made,), enclosures=(sound,)))
    assert found["_news"]["corrections"] == [{"note": "The rank was wrong.", "date": "2024-12-17T08:30:00Z"}]
    assert found["attachments"][1] == {
        "url": f"{CDN}/talk.mp3",
        "mime_type": "audio/mpeg",
        "title": "The talk",
        "size_in_bytes": 9,
        "duration_in_seconds": 61,
    }


def test_a_retracted_story_keeps_its_id_and_says_why() -> None:
    why = Retraction(reason="The quotation was made up.", replacement_url="https://desk.example.org/new")
    found = read(a_story(status="canceled", body_html="", body_text="", images=(), retraction=why))
    assert found["title"].startswith("Retracted: ")
    assert found["_news"] == {
        "pub_status": "canceled",
        "version": 1,
        "reason": "The quotation was made up.",
        "replacement_url": "https://desk.example.org/new",
    }
    assert "content_html" not in found


@pytest.mark.parametrize("reuse", ["summary", "headline"])
def test_what_the_source_lets_go_on_is_kept_to_and_the_item_stays_valid(reuse: str) -> None:
    found = read(a_story(reuse=reuse))
    assert "content_html" not in found
    assert "image" not in found
    assert found["content_text"] == (a_story().summary if reuse == "summary" else a_story().headline)
    assert ("summary" in found) is (reuse == "summary")


def test_hostile_text_is_text() -> None:
    hostile = 'Ends "]}" </script> \x01 \u202e🐟'
    assert read(a_story(headline=hostile))["title"] == 'Ends "]}" </script> \u202e🐟'


def test_the_feed_says_where_it_is() -> None:
    page = Channel(feed=FeedName("tags", "kursk"), label="Kursk", before=51, older=1)
    assert orjson.loads(head(page, SITE) + FOOT) == {
        "version": VERSION,
        "title": "Example News: Kursk",
        "home_page_url": "https://news.example.org/tags/kursk",
        "feed_url": "https://news.example.org/feeds/tags/kursk.json?before=51",
        "description": "Stories about Kursk from Example News.",
        "language": "en",
        "next_url": "https://news.example.org/feeds/tags/kursk.json?before=1",
        "items": [],
    }
    newest = orjson.loads(head(Channel(feed=ALL, label=""), SITE) + FOOT)
    assert "next_url" not in newest
    assert newest["hubs"] == [{"type": "WebSub", "url": "https://news.example.org/websub"}]


@pytest.mark.parametrize("fragment", [b"", b"{", b"[]", b"{}", b'{"id":""}', b'{"id":"a"},{"id":"b"}'])
def test_what_is_not_one_item_is_not_served(fragment: bytes) -> None:
    assert fault(fragment) is not None
