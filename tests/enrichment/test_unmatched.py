from __future__ import annotations

import tomllib
from typing import Any

from services.enrichment.authors import parse_authors
from services.enrichment.unmatched import like, unmatched

BOOK = parse_authors(
    tomllib.loads(
        """
[[author]]
id = "john-smith"
name = "John Smith"
outlet = "The Daily"
role = "Reporter"
[[author]]
id = "tim"
name = "Tim Zadorozhnyy"
aliases = ["Тім Задорожний"]
sources = ["desk"]
[[desk]]
id = "night"
match = ["Night desk"]
source = "desk"
"""
    )
)


def event(article: str, *names: str, source: str = "desk", day: int = 1, **more: Any) -> dict[str, Any]:
    authors = [{"id": None, "name": name, "kind": "person"} for name in names] + more.pop("authors", [])
    told = {"id": article, "source": {"id": source}, "authors": authors, **more}
    return {"timestamp": f"2026-11-{day:02}T10:00:00Z", "data": {"article": told}}


def test_a_name_without_a_profile_is_counted_by_article_with_sources_moment_and_examples() -> None:
    events = [event("a", "Jon Smith", day=1), event("b", "JON SMITH", source="beta", day=3), event("c", "Bo Ek", day=2)]
    jon, bo = unmatched(events, BOOK)

    assert (jon.name, jon.kind, jon.count, jon.sources) == ("Jon Smith", "person", 2, ["desk", "beta"])
    assert (jon.last_seen, jon.articles) == ("2026-11-03T10:00:00Z", ["b", "a"])
    assert (bo.name, bo.count) == ("Bo Ek", 1)


def test_only_an_articles_last_version_counts() -> None:
    linked = {"id": "bo-ek", "name": "Bo Ek", "kind": "person"}
    events = [event("a", "Bo Ek"), event("a", authors=[linked]), event("b", "Cy Third"), event("b", "Cy Third")]

    assert [(one.name, one.count) for one in unmatched(events, BOOK)] == [("Cy Third", 1)]


def test_a_retraction_takes_its_names_away() -> None:
    gone = event("a")
    del gone["data"]["article"]["authors"]

    assert unmatched([event("a", "Bo Ek"), gone], BOOK) == []


def test_a_name_that_the_file_links_by_now_is_left_out() -> None:
    events = [
        event("a", "John Smith", "Тім Задорожний"),
        event("b", "Night desk"),
        event("c", "Night desk", source="x"),
    ]

    assert [(one.name, one.sources) for one in unmatched(events, BOOK)] == [("Night desk", ["x"])]


def test_who_might_be_meant_is_told_with_what_an_editor_needs_to_decide() -> None:
    (one,) = like("Jon Smith", BOOK)

    assert (one.id, one.name, one.outlet, one.role) == ("john-smith", "John Smith", "The Daily", "Reporter")
    assert 90 < one.likeness < 100


def test_a_profile_is_suggested_once_though_an_alias_is_like_too() -> None:
    assert [one.id for one in like("Tim Zadorozhny", BOOK)] == ["tim"]
    assert like("Mira Okafor", BOOK) == ()


def test_examples_are_three_at_most_the_newest_first() -> None:
    (bo,) = unmatched([event(f"a{n}", "Bo Ek") for n in range(9)], BOOK)

    assert (bo.count, bo.articles) == (9, ["a8", "a7", "a6"])
