"""The index answers the same when asked again, follows versions, forgets what was taken back, and ends."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.enrichment.duplicates import NONE, Index, Signature, Verdict, signature
from services.enrichment.duplicates.index import LEAST, LIFE
from shared.redis import RedisError, Store, connect
from tests.enrichment.duplicates.parts import EDITS, text

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def index(store: Store) -> Index:
    return Index(store)


def of(seed: int, edit: str | None = None, headline: str = "A headline") -> Signature:
    given = text(seed) if edit is None else EDITS[edit](text(seed), random.Random(1))
    found = signature(headline, given)
    assert found is not None
    return found


async def judge(index: Index, id: str, given: Signature, version: int = 1, days: float = 0) -> Verdict:
    return await index.judge(id, version, NOON + timedelta(days=days), given)


async def contents(store: Store) -> dict[bytes, bytes]:
    keys = [key async for key in store.client.scan_iter(count=5_000)]
    return dict(zip(keys, await asyncio.gather(*(store.ask("DUMP", key) for key in keys)), strict=True))


async def test_the_first_is_nobodys_copy_and_the_second_is_its(index: Index) -> None:
    assert await judge(index, "a", of(1)) == NONE
    assert (await judge(index, "b", of(1, "dateline added"))).duplicate_of == "a"
    assert (await judge(index, "c", of(1, "trimmed to 60%"))).revision_of == "a"
    assert await judge(index, "d", of(2)) == NONE


async def test_a_story_cut_to_a_third_is_a_revision_whichever_came_first(index: Index) -> None:
    await judge(index, "a", of(1))
    await judge(index, "short", of(2, "trimmed to 30%"))

    assert (await judge(index, "b", of(1, "trimmed to 30%", "Briefly"))).revision_of == "a"
    assert (await judge(index, "c", of(2, headline="At length"))).revision_of == "short"


async def test_stories_that_only_open_alike_are_two_stories(index: Index) -> None:
    opening = text(9, words=70) + "\n\n"
    one, other = (signature(f"Headline {seed}", opening + text(seed)) for seed in (1, 2))
    assert one is not None
    assert other is not None

    assert one.lead == other.lead
    assert await judge(index, "a", one) == NONE
    assert await judge(index, "b", other) == NONE


async def test_what_shares_a_band_and_too_little_else_is_not_answered(index: Index) -> None:
    """Of many texts some share a band by chance: whose they are, nobody needs to know."""
    given = of(1)
    await judge(index, "a", given)
    for equal, found in ((LEAST - 1, []), (LEAST, ["a"])):
        lanes = given.lanes[:equal] + bytes(255 - lane for lane in given.lanes[equal:])
        alike = replace(given, lanes=lanes, exact=b"another!")
        assert [one.id for one in await index.look("b", 1, NOON, alike, take=False)] == found
    assert [one.id for one in await index.look("b", 1, NOON, replace(alike, exact=given.exact), take=False)] == ["a"]
    unlike = replace(given, lanes=bytes(255 - lane for lane in given.lanes))
    assert [one.equal for one in await index.look("b", 1, NOON, unlike, take=False)] == [0], "the same opening"


async def test_asked_again_it_answers_the_same_and_takes_nothing_in_twice(index: Index, store: Store) -> None:
    first = [await judge(index, id, of(1, edit)) for id, edit in (("a", None), ("b", "dateline added"))]
    before = await contents(store)
    again = [await judge(index, id, of(1, edit)) for id, edit in (("a", None), ("b", "dateline added"))]

    assert again == first
    assert await contents(store) == before


async def test_a_copy_stands_in_no_band_and_what_is_only_alike_stands_where_nobody_does(
    index: Index, store: Store
) -> None:
    async def banded() -> dict[bytes, bytes]:
        return {key: dump for key, dump in (await contents(store)).items() if b":0:" in key}

    await index.look("a", 1, NOON, of(1), take=True)
    alone = await banded()
    assert [found.id for found in await index.look("b", 1, NOON, of(1, "dateline added"), take=True)] == ["a"]
    assert await banded() == alone
    assert [found.id for found in await index.look("c", 1, NOON, of(1, "trimmed to 30%"), take=True)] == ["a"]
    assert await banded() != alone
    assert (await index.look("d", 1, NOON, of(1, "trimmed to 30%"), take=False))[-1].id == "c"


async def test_killed_between_the_two_steps_it_is_finished_by_the_next_try(index: Index, store: Store) -> None:
    await judge(index, "a", of(1), days=-2)
    await index.look("b", 1, NOON, of(1), take=True)  # the first step alone, as a kill leaves it

    assert (await judge(index, "b", of(1))).duplicate_of == "a"
    assert (await judge(index, "c", of(1))).duplicate_of == "a"


async def test_of_many_at_once_one_is_the_first(index: Index) -> None:
    verdicts = await asyncio.gather(*(judge(index, f"a{n}", of(1)) for n in range(20)))

    firsts = [f"a{n}" for n, verdict in enumerate(verdicts) if verdict == NONE]
    assert len(firsts) == 1
    assert {verdict.duplicate_of for verdict in verdicts} == {None, firsts[0]}


@pytest.mark.parametrize(("days", "found"), [(1, True), (2, True), (3, False)])
async def test_it_looks_back_two_days_at_least(index: Index, days: int, *, found: bool) -> None:
    await judge(index, "a", of(1))

    assert ((await judge(index, "b", of(1), days=days)).duplicate_of == "a") is found


async def test_versions_of_an_article_are_no_copies_of_each_other(index: Index) -> None:
    assert await judge(index, "a", of(1)) == NONE
    assert await judge(index, "a", of(1, "5% of words changed"), version=2) == NONE
    assert await judge(index, "a", of(1), version=3, days=1) == NONE


async def test_a_new_version_takes_the_place_of_the_old_one(index: Index) -> None:
    await judge(index, "a", of(1))
    await judge(index, "a", of(2), version=2, days=1)

    assert (await judge(index, "b", of(2, headline="Other"), days=1)).duplicate_of == "a"
    assert await judge(index, "c", of(1, headline="Another"), days=1) == NONE


async def test_an_older_version_that_comes_late_changes_nothing(index: Index) -> None:
    await judge(index, "a", of(2), version=2)
    assert await judge(index, "a", of(1), version=1) == NONE

    assert (await judge(index, "b", of(2))).duplicate_of == "a"


async def test_who_came_first_stays_first_through_later_versions(index: Index) -> None:
    await judge(index, "a", of(1, "trimmed to 60%"))
    assert (await judge(index, "b", of(1))).revision_of == "a"
    assert await judge(index, "a", of(1), version=2, days=1) == NONE
    assert (await judge(index, "b", of(1), version=2)).duplicate_of == "a"


async def test_a_copy_that_goes_its_own_way_is_found_by_its_own_copies(index: Index) -> None:
    await judge(index, "a", of(1))
    assert (await judge(index, "b", of(1))).duplicate_of == "a"
    assert await judge(index, "b", of(2), version=2) == NONE

    assert (await judge(index, "c", of(2))).duplicate_of == "b"


async def test_nothing_is_a_copy_of_what_was_taken_back(index: Index) -> None:
    await judge(index, "a", of(1))
    await index.withdraw("a", 2, NOON + timedelta(days=1))
    assert await judge(index, "a", of(1), version=1) == NONE  # late: the retraction came before

    assert await judge(index, "b", of(1), days=1) == NONE
    assert (await judge(index, "c", of(1), days=1)).duplicate_of == "b"


async def test_taking_back_what_was_never_seen_leaves_nothing(index: Index, store: Store) -> None:
    await index.withdraw("a", 2, NOON)

    assert await contents(store) == {}


async def test_every_key_ends(index: Index, store: Store) -> None:
    for n in range(20):
        await judge(index, f"a{n}", of(n % 9))
    left = await asyncio.gather(*(store.ask("TTL", key) for key in await contents(store)))

    assert len(left) > 1_000
    assert all(0 < seconds <= LIFE for seconds in left)


async def test_keys_stay_small_enough_to_be_listpacks(index: Index, store: Store) -> None:
    chance = random.Random(1)
    given = [Signature(chance.randbytes(96), chance.randbytes(16), 300, chance.randbytes(8)) for _ in range(600)]
    await asyncio.gather(*(judge(index, f"desk-{n:020d}", each) for n, each in enumerate(given)))
    kinds = set(await asyncio.gather(*(store.ask("OBJECT", "ENCODING", key) for key in await contents(store))))

    assert kinds == {b"listpack", b"raw"}


async def test_a_long_id_is_an_id(index: Index) -> None:
    await judge(index, "x" * 300, of(1))

    assert (await judge(index, "b", of(1))).duplicate_of == "x" * 300


async def test_redis_away_is_told_and_harms_nothing(index: Index, store: Store) -> None:
    away = Index(Store(connect("redis://127.0.0.1:1/0")))
    with pytest.raises(RedisError):
        await away.judge("a", 1, NOON, of(1))

    assert await judge(index, "a", of(1)) == NONE
    assert await contents(store) != {}
