"""What most journeys begin with: a receiver, and a line on an empty server and newsroom."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.redis import Store
from tests.journeys.line import Line, a_line
from tests.receiver import Receiver, a_receiver
from tests.waiting import until


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with a_receiver() as receiver:
        yield receiver


@pytest.fixture
async def line(store: Store, redis_url: str, tmp_path: Path) -> AsyncIterator[Line]:
    assert await store.do("DBSIZE") == 0
    (tmp_path / "newsroom").mkdir()
    async with a_line(redis_url, tmp_path / "data", tmp_path / "newsroom") as line:
        await until(line.ready)
        yield line
