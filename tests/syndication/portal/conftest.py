"""One scene for each test of the portal."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from shared.redis import Store
from tests.syndication.portal.scene import Scene, a_scene


@pytest.fixture
async def scene(store: Store) -> AsyncIterator[Scene]:
    async with a_scene(store) as found:
        yield found
