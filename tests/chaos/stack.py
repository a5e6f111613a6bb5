"""Services as processes of their own on a server of their own, to be killed; how they are asked."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import orjson
import pytest

from shared.bus import Bus
from shared.embedded import EmbeddedServer
from shared.events import to_json
from shared.http_client import Answer, Session, post
from shared.redis import Store
from shared.streams import ARTICLE_ENRICHED
from tests.builders import an_article, an_enriched
from tests.ports import free_port
from tests.waiting import PATIENCE, until

TOKEN = "an-admin-token-for-chaos"
LOOPBACK = (ip_network("127.0.0.0/8"),)
Version = tuple[str, int]
"""An article's id, and which version of it."""
HEADERS = {"authorization": f"Bearer {TOKEN}", "content-type": "application/json"}


@dataclass
class Stack:
    """Some services and the server, on an append-only file that is synchronised every second."""

    folder: Path
    names: tuple[str, ...]
    server: EmbeddedServer = field(init=False)
    ports: dict[str, int] = field(init=False)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.server = EmbeddedServer(self.folder / "redis")
        self.ports = {name: free_port() for name in self.names}

    def start(self, name: str) -> None:
        environment = {
            "PYTHONPATH": str(Path.cwd()),
            "WIREROOM_REDIS_URL": self.server.url,
            "WIREROOM_DATA_DIR": str(self.folder / "data"),
            "WIREROOM_NEWSROOM": str(self.folder / "newsroom"),
            "WIREROOM_PORT": str(self.ports[name]),
            "WIREROOM_ADMIN_TOKEN": TOKEN,
            "WIREROOM_ALLOW_NETWORKS": "127.0.0.0/8",
            "WIREROOM_LOG_LEVEL": "warning",
        }
        with (self.folder / f"{name}.log").open("ab") as log:
            command = [sys.executable, "-m", "services", "up", name]
            self.processes[name] = subprocess.Popen(command, env=environment, stdout=log, stderr=log)

    def kill(self, name: str) -> None:
        """Kill a service or the server (`redis`) at once, and start it again."""
        if name == "redis":
            self.kill_server()
            self.server.start()
            return
        self.kill_service(name)
        self.start(name)

    def kill_service(self, name: str) -> None:
        self.processes[name].kill()
        self.processes[name].wait()

    def kill_server(self) -> None:
        assert self.server.pid is not None
        os.kill(self.server.pid, signal.SIGKILL)
        self.server.stop()

    def lose(self) -> None:
        """Kill the server, and start it again without its file."""
        self.kill_server()
        shutil.rmtree(self.server.folder / "appendonlydir")
        self.server.start()

    def stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
        self.server.stop()

    def said(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()[-2000:]

    def url(self, name: str, path: str) -> str:
        return f"http://127.0.0.1:{self.ports[name]}{path}"


@contextlib.contextmanager
def a_stack(*names: str) -> Iterator[Stack]:
    folder = Path(tempfile.mkdtemp(prefix="wr-"))
    (folder / "newsroom").mkdir()
    stack = Stack(folder, names)
    stack.server.start()
    for name in names:
        stack.start(name)
    try:
        yield stack
    finally:
        stack.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def subscribe(stack: Stack, session: Session, urls: Sequence[str], **chosen: Any) -> list[str]:
    """Subscribe up to 100 receivers, as soon as somebody answers; returns the subscriptions' ids."""
    body = orjson.dumps({"subscriptions": [{"url": url, **chosen} for url in urls]})
    answers: list[object] = []

    async def made() -> bool:
        url = stack.url("syndication", "/api/v1/subscriptions/batch")
        answers.append(await post(session, url, body=body, headers=HEADERS, timeout=PATIENCE, keep=1 << 20))
        return isinstance(answers[-1], Answer) and answers[-1].status == 201

    try:
        await until(made, step=0.1)
    except TimeoutError:
        pytest.fail(f"no subscription was made: {answers[-1]}; {stack.said('syndication')}")
    answer = answers[-1]
    assert isinstance(answer, Answer)
    return [each["id"] for each in orjson.loads(answer.body_start)["subscriptions"]]


async def publish(stack: Stack, store: Store, versions: Iterable[Version]) -> None:
    """Send versions to syndication as enrichment would."""
    bus = Bus(stack.server.url, store, service="enrichment", partitions=1)
    articles = [an_article(id=id, guid=id, version=n, headline=f"Edition {n} of {id}") for id, n in versions]
    await bus.send(ARTICLE_ENRICHED, [(each.id, to_json(an_enriched(article=each)), "c") for each in articles])
