"""Running lines for all commands; one takes two seconds to start."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.running import Running, running


@contextmanager
def at_home(**over: str) -> Iterator[Running]:
    """Run all services with a server of their own, whose socket needs a short path."""
    home = Path(tempfile.mkdtemp(prefix="wr-"))
    try:
        with running(home, **over) as line:
            yield line
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def line() -> Iterator[Running]:
    """Give a line that may call receivers on this machine, as `make run` starts it."""
    with at_home(WIREROOM_ALLOW_NETWORKS="127.0.0.0/8") as line:
        yield line


@pytest.fixture(scope="session")
def bare() -> Iterator[Running]:
    """Give a line with no token set and no networks allowed, as `wireroom up` starts by itself."""
    with at_home(WIREROOM_ADMIN_TOKEN="") as line:
        yield line
