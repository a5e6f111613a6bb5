"""A replica with an API, a ledger in memory and a receiver."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from starlette.routing import Route

from shared.redis import Store
from shared.web import application
from tests.receiver import a_receiver
from tests.syndication.webhooks.api.asking import Bed
from tests.syndication.webhooks.bed import MemoryLedger, a_replica


@pytest.fixture
async def bed(store: Store) -> AsyncIterator[Bed]:
    ledger = MemoryLedger()
    async with a_receiver() as receiver, a_replica(store, ledger) as replica:
        events = Route("/api/v1/events", replica.gap)
        yield Bed(application([*replica.routes, events]), ledger, receiver, replica, store)
