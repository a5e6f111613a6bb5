"""What benchmarks stand on: a server of their own that keeps nothing on disk, and logs that go nowhere."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from shared import logs
from shared.embedded import EmbeddedServer


@contextlib.contextmanager
def a_server() -> Iterator[EmbeddedServer]:
    """Run a server in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="wr-") as folder:
        server = EmbeddedServer(Path(folder), durable=False)
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Render every log line as in production, and send it nowhere."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, contextlib.redirect_stdout(nowhere):
        logs.configure("json", "info", service="bench")
        yield
