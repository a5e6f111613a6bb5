"""What is told of sources is told to who looks, once for all replicas, and not for ever."""

from __future__ import annotations

import pytest

from shared import glance
from shared.glance import TOLD, TURN, Glance
from shared.redis import Store


async def test_nothing_is_told_while_nobody_looks(store: Store) -> None:
    assert not await Glance(store).my_turn()
    assert await Glance(store).told() is None


async def test_of_many_replicas_one_tells_and_all_rest_a_while(store: Store) -> None:
    await Glance(store).ask()
    assert [await Glance(store).my_turn() for _ in range(3)] == [True, False, False]
    await store.do("DEL", TURN)
    assert await Glance(store).my_turn()


async def test_what_is_told_is_had_and_ends(store: Store) -> None:
    await Glance(store).tell({"at": "2026-11-22T12:00:00Z", "sources": []})
    assert await Glance(store).told() == {"at": "2026-11-22T12:00:00Z", "sources": []}
    assert 0 < await store.do("TTL", TOLD) <= 300


async def test_a_wish_is_taken_once_and_too_many_are_refused(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await Glance(store).wishes() == []
    monkeypatch.setattr(glance, "MOST_POLLS", 2)
    assert [await Glance(store).wish(id) for id in ("bay", "bay", "desk", "port")] == [True, True, True, False]
    assert 0 < await store.do("TTL", glance.POLLS) <= 300
    assert sorted(await Glance(store).wishes()) == ["bay", "desk"]
    assert await Glance(store).wishes() == []
