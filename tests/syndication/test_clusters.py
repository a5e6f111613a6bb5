"""A cluster is the same from each of its members, however deep, and bounded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from services.syndication.clusters import MOST, Cluster, cluster_of, shown
from services.syndication.related import Card, card_of
from shared.events import to_json
from tests.builders import MORNING, an_article


class Ledger:
    """What is in the ledger, and what was noted beside it."""

    def __init__(self, *cards: Card) -> None:
        self.cards = {card.id: card for card in cards}
        self.noted: dict[str, list[str]] = {}
        for card in cards:
            if card.of:
                self.noted.setdefault(card.of, []).append(card.id)

    async def find(self, ids: Sequence[str]) -> list[Card | None]:
        return [self.cards.get(id) for id in ids]

    async def copies(self, id: str, limit: int) -> list[str]:
        return self.noted.get(id, [])[:limit]

    async def cluster(self, id: str) -> Cluster | None:
        return await cluster_of(id, self.find, self.copies)


def a_card(id: str, minutes: int = 0, **over: Any) -> Card:
    moment = MORNING + timedelta(minutes=minutes)
    fields: dict[str, Any] = {"id": id, "ingested_at": moment, "word_count": 100}
    return card_of(to_json(an_article(**fields | over)))


def ids(cluster: Cluster | None) -> list[str]:
    assert cluster is not None
    return [card.id for card in cluster.members]


async def test_an_article_alone_is_its_own_cluster() -> None:
    cluster = await Ledger(a_card("a")).cluster("a")

    assert ids(cluster) == ["a"]
    assert cluster is not None
    assert (cluster.first.id, cluster.canonical.id, cluster.whole) == ("a", "a", True)


async def test_an_article_that_is_not_there_has_none() -> None:
    assert await Ledger().cluster("a") is None


async def test_it_is_the_same_from_each_member() -> None:
    ledger = Ledger(
        a_card("a"),
        a_card("b", 3, duplicate_of="a"),
        a_card("c", 2, revision_of="a"),
        a_card("d", 4, duplicate_of="c"),
        a_card("z"),
    )

    assert [ids(await ledger.cluster(id)) for id in "abcd"] == [["a", "c", "b", "d"]] * 4


async def test_the_canonical_is_the_longest_that_is_no_copy_and_not_taken_back() -> None:
    copy, revision = a_card("b", 1, duplicate_of="a", word_count=900), a_card("c", 2, revision_of="a", word_count=300)
    gone = a_card("d", 3, revision_of="a", word_count=500, status="canceled")
    cluster = await Ledger(a_card("a"), copy, revision, gone).cluster("a")

    assert cluster is not None
    assert cluster.canonical.id == "c"


async def test_a_member_that_went_its_own_way_is_none_any_more() -> None:
    ledger = Ledger(a_card("a"), a_card("b", duplicate_of="a"))
    ledger.cards["b"] = a_card("b")

    assert ids(await ledger.cluster("a")) == ["a"]
    assert ids(await ledger.cluster("b")) == ["b"]


async def test_what_is_noted_but_never_came_into_the_ledger_is_no_member() -> None:
    ledger = Ledger(a_card("a"))
    ledger.noted["a"] = ["b"]

    assert ids(await ledger.cluster("a")) == ["a"]


async def test_a_copy_of_what_is_not_there_is_the_first_itself() -> None:
    assert ids(await Ledger(a_card("b", duplicate_of="a")).cluster("b")) == ["b"]


async def test_two_that_point_at_each_other_are_followed_once() -> None:
    ledger = Ledger(a_card("a", duplicate_of="b"), a_card("b", duplicate_of="a"))

    assert set(ids(await ledger.cluster("a"))) == {"a", "b"}


async def test_a_flood_of_copies_is_cut_and_says_so() -> None:
    ledger = Ledger(a_card("a"), *(a_card(f"b{n:04}", n, duplicate_of="a") for n in range(MOST * 3)))
    cluster = await ledger.cluster("b0500")

    assert cluster is not None
    assert (len(cluster.members), cluster.whole, cluster.first.id) == (MOST, False, "a")


async def test_the_api_shows_who_is_whose() -> None:
    cluster = await Ledger(a_card("a"), a_card("b", 1, duplicate_of="a", headline="B")).cluster("b")
    assert cluster is not None
    told = shown(cluster)

    assert (told["first"], told["canonical"], told["whole"]) == ("a", "a", True)
    assert [(each["id"], each["relation"], each["of"]) for each in told["members"]] == [
        ("a", "first", None),
        ("b", "duplicate", "a"),
    ]
    assert told["members"][1] == {
        "id": "b",
        "version": 1,
        "relation": "duplicate",
        "of": "a",
        "status": "usable",
        "source": {"id": "desk", "name": "Sample Wire", "url": "https://news.example.org/"},
        "headline": "B",
        "url": "https://news.example.org/2026/story-1",
        "published_at": MORNING,
        "word_count": 100,
    }
