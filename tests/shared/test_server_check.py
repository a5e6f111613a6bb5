"""A server that would forget is warned of, and events in partitions nobody reads are told of."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from shared.redis import Store
from shared.server_check import PARTITIONS, ServerCheck
from shared.streams import ARTICLE_ENRICHED
from tests.waiting import until


@pytest.fixture
async def four(store: Store) -> AsyncIterator[ServerCheck]:
    check = ServerCheck(store, 4)
    check.tick.start()
    await until(lambda: store.do("GET", PARTITIONS))
    yield check
    await check.tick.stop()


async def test_a_server_that_forgets_is_warned_of(store: Store) -> None:
    check = ServerCheck(store, 1)
    with capture_logs() as lines:
        check.tick.start()
        await until(lambda: store.do("GET", PARTITIONS))
        await check.tick.stop()
    (line,) = (line for line in lines if line["event"] == "redis.not_durable")
    assert line["found"] == {"appendonly": "no"}
    assert check.unready() is None


async def test_events_in_partitions_that_are_no_longer_read_are_told_of_until_they_are_gone(
    store: Store, four: ServerCheck
) -> None:
    assert four.unready() is None
    await store.do("XADD", ARTICLE_ENRICHED.key(3), "*", "__data__", "{}")
    one = ServerCheck(store, 1)
    one.tick.start()
    await until(one.unready)
    assert "WIREROOM_PARTITIONS was 4, and 1 events wait" in (one.unready() or "")
    assert await store.do("GET", PARTITIONS) == b"4"
    await store.do("DEL", ARTICLE_ENRICHED.key(3))
    one.tick.wake()
    await until(lambda: one.unready() is None)
    assert await store.do("GET", PARTITIONS) == b"1"
    await one.tick.stop()
