"""A desk and a receiver."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from shared.redis import Store
from tests.receiver import Receiver, a_receiver
from tests.syndication.webhooks.early.newsdesk import Newsdesk


@pytest.fixture
def desk(store: Store) -> Newsdesk:
    return Newsdesk(store)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with a_receiver() as running:
        yield running
