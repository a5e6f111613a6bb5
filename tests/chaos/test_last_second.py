"""A power cut takes the last second from the server, and what was written beside it or not: no number comes twice."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import orjson
import pytest

from services.syndication.ledger.highwater import FILE
from services.syndication.ledger.numbering import MARGIN
from shared.http_client import Page, Session, connect, get
from shared.redis import Store
from shared.redis import connect as redis
from tests.chaos.stack import HEADERS, LOOPBACK, Stack, Version, a_stack, publish
from tests.waiting import until

pytestmark = pytest.mark.chaos

KEPT = [(f"kept-{number}", 1) for number in range(60)]
LOST = [(f"lost-{number}", 1) for number in range(40)]


@pytest.fixture
def stack() -> Iterator[Stack]:
    with a_stack("syndication") as stack:
        yield stack


@pytest.fixture
async def session() -> AsyncIterator[Session]:
    session = connect(LOOPBACK)
    yield session
    await session.close()


async def numbers(stack: Stack, session: Session, after: int = 0) -> dict[Version, int]:
    """Return the number of each version in the ledger; none while nobody answers."""
    url = stack.url("syndication", f"/api/v1/events?after={after}&limit=1000")
    answer = await get(session, url, headers=HEADERS, timeout=10, max_bytes=64 << 20)
    if not isinstance(answer, Page) or answer.status != 200:
        return {}
    events = [(event["seq"], event["data"]["article"]) for event in orjson.loads(answer.body)["events"]]
    return {(article["id"], article["version"]): seq for seq, article in events}


async def given(stack: Stack, session: Session, versions: list[Version]) -> dict[Version, int]:
    """Send versions, and return the numbers that the ledger gives them."""
    store = Store(redis(stack.server.url))
    await publish(stack, store, versions)
    await store.close()

    async def there() -> bool:
        return set(versions) <= {*(await numbers(stack, session))}

    await until(there, step=0.05)
    return await numbers(stack, session)


def file_of(stack: Stack) -> Path:
    [file] = (stack.server.folder / "appendonlydir").glob("*.incr.aof")
    return file


@pytest.mark.parametrize("written", [True, False], ids=["written-down", "not-yet-written-down"])
async def test_no_number_comes_twice(stack: Stack, session: Session, written: bool) -> None:
    mark = stack.folder / "data" / FILE
    first = await given(stack, session, KEPT)
    await until(lambda: orjson.loads(mark.read_bytes())["seq"] == len(KEPT))
    size, before = file_of(stack).stat().st_size, mark.read_bytes()
    second = await given(stack, session, LOST)
    if written:
        await until(lambda: orjson.loads(mark.read_bytes())["seq"] == len(second))
    stack.kill_service("syndication")
    stack.kill_server()
    os.truncate(file_of(stack), size)
    if not written:
        mark.write_bytes(before)
    stack.server.start()
    stack.start("syndication")
    third = await given(stack, session, [*LOST, ("new", 1)])
    assert {version: third[version] for version in KEPT} == first
    assert set(third) == {*KEPT, *LOST, ("new", 1)}
    assert min(third[version] for version in LOST) > 2 * MARGIN
    come = await numbers(stack, session, max(second.values()))
    assert set(come) == {*LOST, ("new", 1)}
