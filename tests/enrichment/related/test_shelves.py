"""A tag's shelf holds its newest articles, each once, and ends when the tag does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.enrichment.related.shelves import MOST, READ, WINDOW, Shelved, Shelves, moment_of
from shared.redis import Store

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def shelves(store: Store) -> Shelves:
    return Shelves(store)


def one(id: str, hours: float = 0, words: bytes = bytes(24)) -> Shelved:
    return Shelved(id, (NOON + timedelta(hours=hours)).timestamp(), words)


async def test_the_newest_of_each_tag_are_read_newest_first(shelves: Shelves) -> None:
    await shelves.newest(["place/a", "place/b"], NOON, one("desk-1"))
    await shelves.newest(["place/b"], NOON, one("desk-2", 1))

    assert await shelves.newest(["place/a", "place/b", "place/c"], NOON) == [
        [one("desk-1")],
        [one("desk-2", 1), one("desk-1")],
        [],
    ]


async def test_what_is_older_than_a_week_is_not_read(shelves: Shelves) -> None:
    await shelves.newest(["place/a"], NOON, one("desk-1", -24 * 7 - 1))

    assert await shelves.newest(["place/a"], NOON) == [[]]


async def test_a_shelf_keeps_so_many_as_a_listpack(shelves: Shelves, store: Store) -> None:
    for n in range(MOST + 10):
        await shelves.newest(["place/a"], NOON, one(f"desk-{n:020}", n))

    (read,) = await shelves.newest(["place/a"], NOON + timedelta(hours=MOST))
    assert (len(read), read[0][0]) == (READ, f"desk-{MOST + 9:020}")
    assert await store.do("ZCARD", "{tag2:place/a}") == MOST
    assert await store.do("OBJECT", "ENCODING", "{tag2:place/a}") == b"listpack"
    assert 0 < await store.do("TTL", "{tag2:place/a}") <= WINDOW.total_seconds()


async def test_putting_again_has_no_second_effect_and_a_new_version_replaces_the_old(shelves: Shelves) -> None:
    old, new = one("desk-1"), one("desk-1", 2, b"ab" * 12)
    for each in (old, old, new, new):
        await shelves.newest(["place/a"], NOON, each)

    assert await shelves.newest(["place/a"], NOON) == [[new]]


def test_a_date_that_lies_ahead_counts_as_when_the_article_came() -> None:
    assert moment_of(NOON + timedelta(days=400), NOON) == NOON.timestamp()
    assert moment_of(NOON - timedelta(days=1), NOON) == (NOON - timedelta(days=1)).timestamp()
