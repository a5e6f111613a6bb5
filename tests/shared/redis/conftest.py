"""A cluster of three nodes for the tests of a module, and a store on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from shared.redis import ClusterStore
from shared.redis_url import read_clustered
from tests.clusters import ACluster, a_cluster, answers
from tests.ports import free_port
from tests.servers import run_server
from tests.waiting import until


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def cluster(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ACluster]:
    folder: Path = tmp_path_factory.mktemp("cluster")
    async with a_cluster(folder) as cluster:
        yield cluster


@pytest_asyncio.fixture(loop_scope="module")
async def clustered(cluster: ACluster) -> AsyncIterator[ClusterStore]:
    """Give a store that knows of one node alone, on a cluster whose keys are gone."""
    for node in cluster.masters:
        await node.ask("FLUSHALL")
        await node.ask("CONFIG", "RESETSTAT")
    one = read_clustered(cluster.url.split(",")[0])
    assert one is not None
    store = ClusterStore(one)
    yield store
    await store.close()


@pytest_asyncio.fixture(loop_scope="module")
async def alone(tmp_path: Path) -> AsyncIterator[int]:
    """Give the port of a server that is part of no cluster."""
    port = free_port()
    async with AsyncExitStack() as stack, Redis(port=port) as client:
        run_server(stack, tmp_path / "alone", "--port", str(port), "--bind", "127.0.0.1", "--save", "")
        await until(lambda: answers(client))
        yield port
