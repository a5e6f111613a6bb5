"""The ledger numbers every version once, in order, and places it in its feeds."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import get_args

import pytest

from services.syndication.ledger import Appended, Early, Entry, Head, Known, Ledger
from shared.events import PublicType
from shared.redis import Store


def an_entry(article: str = "desk-a", version: int = 1, type: str = "article.published") -> Entry:
    return Entry(
        type=type,
        article_id=article,
        version=version,
        timestamp="2026-11-22T10:00:00Z",
        correlation_id="c1",
        changed=("headline",) if version > 1 else (),
    )


KEPT = [b"{ledger}:events", b"{ledger}:forgotten", b"{ledger}:seq", b"{ledger}:server"]
"""Keys of a ledger that has let go of everything."""

MOMENTS = (
    "2026-11-22T10:00:00Z",
    "2026-11-29T03:26:54.966295Z",
    "2026-11-29T03:26:54.96Z",
    "2026-11-22T10:00:00+01:00",
    "?",
)


@pytest.fixture
def ledger(store: Store) -> Ledger:
    return Ledger(store)


async def test_versions_are_numbered_from_one_without_gap(ledger: Ledger) -> None:
    outcomes = [await ledger.append(an_entry(f"desk-{name}"), ["all"], ms=1) for name in "abc"]
    assert outcomes == [Appended(1), Appended(2), Appended(3)]
    assert [entry.seq for entry in await ledger.read(0, 10)] == [1, 2, 3]
    assert await ledger.latest() == 3


async def test_a_repeated_version_changes_nothing(ledger: Ledger) -> None:
    await ledger.append(an_entry(), ["all"], ms=1)
    assert await ledger.append(an_entry(), ["all", "tags/other"], ms=2) == Known()
    assert len(await ledger.read(0, 10)) == 1
    assert await ledger.newest("tags/other", None, 10) == []


async def test_an_older_version_after_a_newer_changes_nothing(ledger: Ledger) -> None:
    await ledger.append(an_entry(version=1), ["all"], ms=1)
    await ledger.append(an_entry(version=2), ["all"], ms=2)
    assert await ledger.append(an_entry(version=1), ["all"], ms=3) == Known()
    assert [entry.version for entry in await ledger.read(0, 10)] == [1, 2]


async def test_a_version_whose_elder_is_missing_is_early(ledger: Ledger) -> None:
    assert await ledger.append(an_entry(version=2), ["all"], ms=1) == Early(0)
    await ledger.append(an_entry(version=1), ["all"], ms=1)
    assert await ledger.append(an_entry(version=3), ["all"], ms=1) == Early(1)
    assert await ledger.latest() == 1


async def test_force_lets_a_version_pass_a_missing_elder(ledger: Ledger) -> None:
    assert await ledger.append(an_entry(version=2), ["all"], ms=1, force=True) == Appended(1)
    assert await ledger.append(an_entry(version=1), ["all"], ms=1) == Known()


async def test_many_at_once_leave_no_number_out_and_none_twice(store: Store) -> None:
    ledgers = [Ledger(store) for _ in range(3)]
    work = [ledger.append(an_entry(f"desk-{n}"), ["all"], ms=1) for n in range(200) for ledger in ledgers]
    outcomes = await asyncio.gather(*work)
    numbers = sorted(outcome.seq for outcome in outcomes if isinstance(outcome, Appended))
    assert numbers == list(range(1, 201))
    assert [entry.seq for entry in await ledgers[0].read(0, 1000)] == numbers


async def test_entries_come_back_as_they_were_given(ledger: Ledger) -> None:
    given = Entry(
        type="article.retracted",
        article_id="desk-a",
        version=1,
        timestamp="2026-11-22T10:00:00Z",
        correlation_id="c1",
        changed=("status", "body_html"),
        correction="a note",
        reason="wrong\nname",
        replacement_url="https://example.org/new",
    )
    await ledger.append(given, ["all"], ms=1)
    (read,) = await ledger.read(0, 10)
    assert {name: getattr(read, name) for name in given.__slots__} == {
        name: getattr(given, name) for name in given.__slots__
    }


@pytest.mark.parametrize(
    "at", ["2026-11-22T10:00:00Z", "2026-11-29T03:26:54.966295Z", "2026-11-22T10:00:00+01:00", "?"]
)
@pytest.mark.parametrize(
    "correlation", ["67acdd5395f84c09ad44ea2507bd3db6", "67ACDD5395F84C09AD44EA2507BD3DB6", "c1", "é"]
)
async def test_moments_and_correlations_are_read_as_they_were_written(
    ledger: Ledger, at: str, correlation: str
) -> None:
    await ledger.append(replace(an_entry(), timestamp=at, correlation_id=correlation), ["all"], ms=1)
    (entry,) = await ledger.read(0, 10)
    assert (entry.timestamp, entry.correlation_id) == (at, correlation)


async def test_entries_of_before_moments_were_numbers_are_read(ledger: Ledger, store: Store) -> None:
    told = ("type", "article.published", "article", "desk-a", "version", 1, "at", "2026-11-22T10:00:00Z")
    await store.do("XADD", "{ledger}:events", "1-0", *told, "correlation", "c" * 32)
    (entry,) = await ledger.read(0, 10)
    assert (entry.timestamp, entry.correlation_id, entry.version) == ("2026-11-22T10:00:00Z", "c" * 32, 1)
    assert entry.type == "article.published"


@pytest.mark.parametrize("type", [*get_args(PublicType), "article.other"])
async def test_a_type_is_read_as_it_was_written(ledger: Ledger, store: Store, type: str) -> None:
    await ledger.append(an_entry(type=type), ["all"], ms=1)
    assert [entry.type for entry in await ledger.read(0, 10)] == [type]
    ((_, fields),) = await store.do("XRANGE", "{ledger}:events", "-", "+")
    assert len(fields.get(b"type", b"")) == (1 if type in get_args(PublicType) else len(type))


async def test_reading_waits_for_the_first_entry(ledger: Ledger) -> None:
    reading = asyncio.create_task(ledger.read(0, 10, block_ms=3000))
    await ledger.append(an_entry(), ["all"], ms=1)
    assert [entry.seq for entry in await reading] == [1]


async def test_reading_gives_up_after_its_wait(ledger: Ledger) -> None:
    assert await ledger.read(0, 10, block_ms=20) == []


async def test_a_feed_lists_the_newest_number_first_and_pages_back(ledger: Ledger) -> None:
    for name in "abcd":
        await ledger.append(an_entry(f"desk-{name}"), ["all"], ms=5)
    found = await ledger.newest("all", None, 2)
    assert [(article, head.seq) for article, head in found] == [("desk-d", 4), ("desk-c", 3)]
    assert [article for article, _ in await ledger.newest("all", 3, 10)] == ["desk-b", "desk-a"]


async def test_an_update_moves_up_and_leaves_the_feeds_it_is_no_longer_in(ledger: Ledger) -> None:
    await ledger.append(an_entry("desk-a"), ["all", "tags/war"], ms=1)
    await ledger.append(an_entry("desk-b"), ["all", "tags/war"], ms=1)
    before = await ledger.mark("tags/war")
    await ledger.append(an_entry("desk-a", 2, "article.updated"), ["all", "tags/peace"], ms=2)
    assert [article for article, _ in await ledger.newest("all", None, 10)] == ["desk-a", "desk-b"]
    assert [article for article, _ in await ledger.newest("tags/war", None, 10)] == ["desk-b"]
    assert await ledger.mark("tags/war") > before
    assert await ledger.mark("tags/peace") == 3


async def test_a_retraction_stays_in_every_feed_that_carried_the_article(ledger: Ledger) -> None:
    await ledger.append(an_entry(), ["all", "tags/war"], ms=1)
    await ledger.append(an_entry(version=2, type="article.retracted"), ["all"], ms=2, keep_feeds=True)
    assert [head.version for _, head in await ledger.newest("tags/war", None, 10)] == [2]


async def test_a_version_that_changed_nothing_takes_its_turn_without_a_number(ledger: Ledger) -> None:
    await ledger.append(an_entry(), ["all"], ms=1)
    await ledger.pass_over("desk-a", 2, 1)
    assert await ledger.append(an_entry(version=3), ["all"], ms=2) == Appended(2)
    assert await ledger.pass_over("desk-a", 2, 3) == Known()
    head = await ledger.head("desk-a")
    assert head is not None
    assert head.version == 3


async def test_a_feed_nobody_ever_stood_in_has_no_mark(ledger: Ledger) -> None:
    assert await ledger.mark("tags/none") == 0
    assert await ledger.newest("tags/none", None, 10) == []
    assert await ledger.head("desk-none") is None
    assert await ledger.heads([]) == []


async def test_an_article_of_before_heads_told_its_feeds_leaves_those_it_is_no_longer_in(
    ledger: Ledger, store: Store
) -> None:
    await as_before(store, "desk-a", ["all", "tags/old"])
    await ledger.append(an_entry(version=2), ["all", "tags/new"], ms=2)

    assert [len(await ledger.newest(feed, None, 10)) for feed in ("all", "tags/old", "tags/new")] == [1, 0, 1]
    assert await store.do("EXISTS", "{ledger}:placed") == 0
    assert await ledger.head("desk-a") == Head(2, 2, 2)


async def test_an_article_of_before_heads_told_its_feeds_is_taken_back_in_all_of_them(
    ledger: Ledger, store: Store
) -> None:
    await as_before(store, "desk-a", ["all", "tags/old"])
    await ledger.append(an_entry(version=2), ["all"], ms=2, keep_feeds=True)

    assert len(await ledger.newest("tags/old", None, 10)) == 1


async def test_an_article_of_before_heads_told_its_feeds_is_let_go_of_whole(ledger: Ledger, store: Store) -> None:
    await as_before(store, "desk-a", ["all", "tags/old"])

    assert await ledger.let_go("desk-a", 1)
    assert await ledger.marks() == {}
    assert sorted(await store.do("KEYS", "*")) == KEPT


async def test_an_article_costs_few_bytes_for_each_feed_and_one_that_ended_none(ledger: Ledger, store: Store) -> None:
    feeds = ["all", *(f"tags/a-subject-with-a-long-name-{n}" for n in range(9))]
    await ledger.append(an_entry("desk-a"), feeds, ms=1)
    await ledger.append(an_entry("desk-b"), ["all", "authors/one"], ms=2)
    assert len(await store.do("HGET", "{ledger}:heads", "desk-a")) < 40

    await ledger.let_go("desk-a", 1)
    assert set(await ledger.marks()) == {"all", "authors/one"}
    assert await store.do("HLEN", "{ledger}:names") == 1 + 2 * 2
    await ledger.append(an_entry("desk-c"), ["all", "tags/new"], ms=3)
    assert [id for id, _ in await ledger.newest("tags/new", None, 10)] == ["desk-c"]
    for article, seq in (("desk-b", 2), ("desk-c", 3)):
        assert await ledger.let_go(article, seq)
    assert await store.do("EXISTS", "{ledger}:names") == 0


async def as_before(store: Store, article: str, feeds: list[str]) -> None:
    """Leave a first version in the ledger as it was kept before heads told an article's feeds."""
    await Ledger(store).append(an_entry(article), feeds, ms=1)
    await store.do("HSET", "{ledger}:heads", article, "1 1 1")
    await store.do("HSET", "{ledger}:placed", article, " ".join(feeds))
    await store.do("DEL", "{ledger}:names")
