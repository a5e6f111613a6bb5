"""`wireroom up` on a port and a folder of its own, and the commands that are asked of it."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import IO, Any
from urllib.request import urlopen

from click.testing import CliRunner, Result

from services.cli import main
from tests.journeys.test_up import NEWSROOM, STORIES, TOKEN, environment
from tests.ports import free_port
from tests.waiting import PATIENCE, until


@dataclass(frozen=True, slots=True)
class Running:
    """A running line: where it is, and the variables by which commands find it."""

    url: str
    home: Path
    env: dict[str, str]

    def wireroom(self, *args: str, given: str | None = None, **over: str | None) -> Result:
        """Run a command in this process."""
        return CliRunner(env={**self.env, **over}).invoke(main, args, input=given)

    def json(self, *args: str, given: str | None = None) -> Any:
        """Run a command that must succeed, and return the JSON it printed."""
        result = self.wireroom(*args, given=given)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    @property
    def logged(self) -> list[dict[str, Any]]:
        """What `wireroom up` has logged so far."""
        return [json.loads(text) for text in (self.home / "log").read_text().splitlines()]


@contextmanager
def running(home: Path, **over: str) -> Iterator[Running]:
    """Run all services on the sample newsroom until its stories are in the ledger, and stop them at the end."""
    shutil.copytree(NEWSROOM, home / "newsroom")
    port = free_port()
    env = environment(home, port, **over)
    line = Running(f"http://127.0.0.1:{port}", home, env)
    with (home / "log").open("wb") as log, (home / "said").open("wb") as said:
        process = subprocess.Popen([sys.executable, "-m", "services", "up"], env=env, stdout=log, stderr=said)
    try:
        asyncio.run(until(lambda: process.poll() is not None or _full(line)))
        yield line
    finally:
        process.terminate()
        process.wait(PATIENCE)


@contextmanager
def endless(
    args: Sequence[str], env: Mapping[str, str], folder: Path | None = None, stderr: int | None = None
) -> Iterator[IO[str]]:
    """Run what does not end by itself and give its output; it is ended by SIGTERM, and killed when it does not end."""
    with subprocess.Popen(args, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=stderr, text=True) as process:
        assert process.stdout is not None
        last = Timer(PATIENCE, process.kill)
        last.start()
        try:
            yield process.stdout
        finally:
            process.terminate()
            process.stdout.read()
            last.cancel()


def _full(line: Running) -> bool:
    try:
        with urlopen(f"{line.url}/readyz", timeout=PATIENCE) as answer:  # noqa: S310  # this machine's own
            answer.read()
    except OSError:
        return False
    return bool(line.json("status", "--json")["latest_seq"] >= STORIES)


__all__ = ["STORIES", "TOKEN", "Running", "endless", "running"]
