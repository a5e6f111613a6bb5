from __future__ import annotations

import orjson
import pytest

from services.syndication.webhooks.lanes import Lanes, Record, Turn
from shared.redis import Store
from tests.syndication.webhooks.bed import subscribe
from tests.syndication.webhooks.test_lanes import NOW, enqueue, step, wanted

LOG = orjson.dumps({"at": 1.5, "seq": 1, "article_id": "a", "version": 1, "attempt": 2, "status": 500, "reason": "no"})


@pytest.fixture
async def id(store: Store) -> str:
    return (await subscribe(store, "http://127.0.0.1:1/")).id


@pytest.mark.parametrize("late", [0, -50], ids=["in the same millisecond", "by a clock that is behind"])
async def test_no_two_messages_begin_at_one_moment(store: Store, id: str, late: int) -> None:
    lanes, begun = Lanes(store), []
    for seq in (1, 2, 3):
        [delivery] = (await enqueue(store, id, wanted(seq, f"article-{seq}"))).claimed
        await step(store, Turn(subscription=id, records=[Record(delivery, "gave_up", log=LOG)]))
        found = await lanes.exhausted(id)
        assert found is not None
        assert found.count == 1
        begun.append(found.since)
        await lanes.exhausted_told(id, found, NOW + late)
        assert await lanes.exhausted(id) is None
    assert begun == sorted(set(begun))


async def test_what_comes_while_one_is_told_begins_after_it(store: Store, id: str) -> None:
    lanes = Lanes(store)
    one, other = (await enqueue(store, id, wanted(1, "a"), wanted(2, "b"))).claimed
    await step(store, Turn(subscription=id, records=[Record(one, "gave_up", log=LOG)]))
    first = await lanes.exhausted(id)
    assert first is not None
    await step(store, Turn(subscription=id, records=[Record(other, "gave_up", log=LOG)]))
    await lanes.exhausted_told(id, first, NOW)
    second = await lanes.exhausted(id)
    assert second is not None
    assert second.count == 1
    assert second.since > first.since
