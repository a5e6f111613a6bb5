"""A server of a test's own, for tests that kill it, fill it up or restart it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from shared.embedded import EmbeddedServer
from shared.redis import Store, connect


@pytest.fixture
def own_server(short_dir: Path) -> Iterator[EmbeddedServer]:
    """Run a durable server that this test alone uses."""
    server = EmbeddedServer(short_dir, maxmemory="64mb", durable=True)
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def own_store(own_server: EmbeddedServer) -> AsyncIterator[Store]:
    """Give a store on that server."""
    store = Store(connect(own_server.url))
    yield store
    await store.close()
