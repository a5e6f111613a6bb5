"""Reads by a cluster's store: they follow their stream, wait while it is nowhere, and tell of what does not pass."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from shared.bus.cluster import Reads
from shared.redis import ClusterStore, ResponseError, store_at
from shared.redis.slots import slot_of_key
from tests.clusters import a_cluster
from tests.shared.bus.line import GROUP, INGESTED

ASKED: dict[str, Any] = {
    "groupname": GROUP,
    "consumername": "one",
    "streams": {INGESTED: ">"},
    "count": 10,
    "noack": False,
}


async def test_a_read_follows_its_stream_to_the_node_that_has_it(tmp_path: Path) -> None:
    async with a_cluster(tmp_path / "cluster", masters=2) as cluster, AsyncExitStack() as stack:
        store = store_at(cluster.url)
        stack.push_async_callback(store.close)
        assert isinstance(store, ClusterStore)
        reads = Reads(store)
        with pytest.raises(ResponseError, match="NOGROUP"):
            await reads.xreadgroup(**ASKED, block=10)
        assert await reads.xgroup_create(name=INGESTED, id="0", groupname=GROUP, mkstream=True)
        reading = asyncio.create_task(reads.xreadgroup(**ASKED, block=30_000))
        slot = slot_of_key(INGESTED)
        source, target = await cluster.begin_to_move(slot)
        assert await cluster.move_keys(slot, source, target) == 1
        await cluster.end_move(slot, source, target)
        await store.do("XADD", INGESTED, "1-0", "a", "b")
        assert await reading == [[INGESTED.encode(), [(b"1-0", {b"a": b"b"})]]]
        for node in cluster.masters:
            await node.ask("CLUSTER", "DELSLOTS", slot)
        reading = asyncio.create_task(reads.xreadgroup(**ASKED, block=10))
        done, _ = await asyncio.wait([reading], timeout=1.0)
        assert not done
        await target.ask("CLUSTER", "ADDSLOTS", slot)
        assert not await reading
