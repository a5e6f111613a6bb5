"""Articles as ninjs 3.1, valid against the standard's own schema."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator

from services.syndication.feeds.channel import Channel
from services.syndication.feeds.ninjs import BETWEEN, FOOT, associated, document, head
from services.syndication.feeds.shelf import ALL
from shared.events import Article, Author, Corrected, Retraction, Tag
from tests.syndication.feeds.in_memory import CDN, MORNING, SITE, a_story

SCHEMA = Path(__file__).parents[4] / "shared/reference/ninjs-schema_3.1.json"
GONE = a_story(
    status="canceled", body_html="", body_text="", images=(), retraction=Retraction(reason="It was made up.")
)
EMPTY = a_story(summary=None, body_html="", body_text="", images=(), authors=(), tags=(), related=())
HOSTILE = a_story(headline='"]}\x01 \u202e🐟', summary="\x00", dateline="", section="a/b", authors=(Author(name=" "),))


def read(article: Article) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(document(article, SITE))
    return found


@pytest.mark.skipif(not SCHEMA.exists(), reason="the IPTC's schema lies beside the project")
@pytest.mark.parametrize(
    "article", [a_story(), GONE, HOSTILE, a_story(reuse="headline"), a_story(reuse="summary"), EMPTY]
)
def test_it_is_valid_against_the_schema(article: Article) -> None:

    validator = Draft202012Validator(
        orjson.loads(SCHEMA.read_bytes()), format_checker=Draft202012Validator.FORMAT_CHECKER
    )
    listed = head(Channel(feed=ALL, label="", modified=MORNING), SITE) + associated(article, SITE) + FOOT
    for found in (read(article), orjson.loads(listed)):
        assert [error.message for error in validator.iter_errors(found)] == []


def test_every_part_of_the_story_has_its_property() -> None:
    tags = (*a_story().tags, Tag(id="place/kursk", slug="kursk", name="Kursk", kind="place"))
    made = Corrected(note="A name was wrong.", version=2, at=MORNING)
    found = read(a_story(tags=tags, corrections=(made,)))
    assert found["uri"] == f"tag:news.example.org,2026:article:{a_story().id}"
    assert (found["by"], found["located"], found["edNote"]) == (
        "Tim Zadorozhnyy",
        "WASHINGTON",
        "Correction: A name was wrong.",
    )
    assert found["headlines"][0]["value"] == a_story().headline
    assert [body["contentType"] for body in found["bodies"]] == ["text/html", "text/plain"]
    assert [one["name"] for one in found["subjects"]] == ["North Korea", "Kursk Oblast"]
    assert [one["name"] for one in found["places"]] == ["Kursk"]
    assert found["infoSources"][1] == {
        "name": "Tim Zadorozhnyy",
        "role": "Reporter",
        "uri": "https://news.example.org/authors/tim-zadorozhnyy",
    }
    picture, related = found["associations"]
    assert (picture["rel"], picture["by"], picture["renditions"][0]["href"]) == (
        "lead",
        "Kevin Dietsch/Getty Images",
        f"{CDN}/ryder.jpg",
    )
    assert picture["descriptions"][0]["value"] == "General Pat Ryder at the Pentagon on Oct. 31, 2023."
    assert (related["rel"], related["uri"]) == ("related", "https://desk.example.org/friendly-fire")


def test_what_was_taken_back_says_why_and_nothing_else() -> None:
    found = read(GONE)
    assert (found["pubStatus"], found["edNote"]) == ("canceled", "It was made up.")
    assert "bodies" not in found
    assert "associations" not in found


@pytest.mark.parametrize(("reuse", "has"), [("summary", {"descriptions"}), ("headline", set())])
def test_what_the_source_lets_go_on_is_kept_to(reuse: str, has: set[str]) -> None:
    found = read(a_story(reuse=reuse))
    assert found["representationType"] == "partial"
    assert {"descriptions", "bodies"} & found.keys() == has


def test_a_feed_is_a_composite_of_its_articles() -> None:
    items = BETWEEN.join(associated(a_story(id=f"desk-{number}"), SITE) for number in range(2))
    found = orjson.loads(head(Channel(feed=ALL, label=""), SITE) + items + FOOT)
    assert (found["type"], found["uri"]) == ("composite", "https://news.example.org/feeds/all.ninjs")
    assert len({one["uri"] for one in found["associations"]}) == 2


def test_what_says_nothing_is_left_out() -> None:
    assert not {"descriptions", "bodies", "associations", "by"} & set(read(EMPTY))
