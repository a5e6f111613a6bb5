"""What benchmarks stand on: a server that keeps nothing on disk, hosts by any name, and logs that go nowhere."""

from __future__ import annotations

import contextlib
import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

from aiohttp.abc import AbstractResolver, ResolveResult

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


class Everywhere(AbstractResolver):
    """Finds every host at 127.0.0.1."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the one address."""
        return [ResolveResult(hostname=host, host="127.0.0.1", port=port, family=family, proto=0, flags=0)]

    async def close(self) -> None:
        """Nothing is held."""
