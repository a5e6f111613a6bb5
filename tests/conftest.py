"""What many tests need: one private server for the whole run, and a store on it that starts empty."""

from __future__ import annotations

import gc
import shutil
import tempfile
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path

import pytest
import structlog

from shared.embedded import EmbeddedServer
from shared.redis import Store, connect

SLOW = ("tests/journeys/browser/", "tests/journeys/", "tests/cli/", "tests/docs/")
"""A worker that takes one of them from another starts a browser or a line of its own for it."""


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Have the collector pass over what is loaded: a sixth of the loading, and 0.3 s of a test that it falls in."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin each of four workers' shares with one kind of what is slow: it is not left to the end, nor dealt out."""
    rest: list[pytest.Item] = []
    slow: dict[str, list[pytest.Item]] = {folder: [] for folder in SLOW}
    for item in items:
        kind = next((folder for folder in SLOW if item.nodeid.startswith(folder)), None)
        (rest if kind is None else slow[kind]).append(item)
    ordered: list[pytest.Item] = []
    for at, found in enumerate(slow.values(), 1):
        ordered += found
        room = max(0, len(items) * at // len(SLOW) - len(ordered))
        ordered += rest[:room]
        del rest[:room]
    items[:] = [*ordered, *rest]


@pytest.fixture
def short_dir() -> Iterator[Path]:
    """Make a folder whose path is short enough for a Unix socket, which pytest's own are not always."""
    folder = Path(tempfile.mkdtemp(prefix="wr-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedServer]:
    """Run one server for all tests of this process; nothing is kept on disk."""
    folder = Path(tempfile.mkdtemp(prefix="wr-"))
    server = EmbeddedServer(folder, maxmemory="256mb", durable=False)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def redis_url(server: EmbeddedServer) -> str:
    """Give the address of the server; use `store` as well to start from an empty one."""
    return server.url


@pytest.fixture
async def store(redis_url: str) -> AsyncIterator[Store]:
    """Give a store on an empty server."""
    store = Store(connect(redis_url))
    await store.do("FLUSHALL")
    yield store
    await store.close()


@pytest.fixture(autouse=True)
def _plain_logs() -> Iterator[None]:
    """Keep one test's log fields out of the next one's lines, and tracebacks plain: drawn ones take up to a second."""
    structlog.configure(processors=[structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)])
    yield
    structlog.contextvars.clear_contextvars()
