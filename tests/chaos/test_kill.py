"""Under load, every service and the server are killed in turn; nothing accepted is lost or counted twice."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path

import orjson
import pytest

from shared.embedded import EmbeddedServer
from shared.http_client import Answer, Session, connect, get, post
from tests.receiver import Call, Receiver, Reply, a_receiver
from tests.waiting import until

pytestmark = pytest.mark.chaos

TOKEN = "an-admin-token-for-chaos"
SEED = 20261122
RATE = 100
ROUNDS = 3
PAUSE = 2.0
LOOPBACK = (ip_network("127.0.0.0/8"),)
HEADERS = {"authorization": f"Bearer {TOKEN}", "content-type": "application/json"}


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Stack:
    """Three services as processes of their own, on a server of their own."""

    folder: Path
    server: EmbeddedServer = field(init=False)
    ports: dict[str, int] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.server = EmbeddedServer(self.folder / "redis")
        self.ports = {name: a_free_port() for name in ("ingest", "enrichment", "syndication")}

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
        if name == "redis":
            assert self.server.pid is not None
            os.kill(self.server.pid, signal.SIGKILL)
            self.server.stop()
            self.server.start()
            return
        process = self.processes[name]
        process.kill()
        process.wait()
        self.start(name)

    def stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
        self.server.stop()

    def said(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()[-2000:]

    def url(self, name: str, path: str) -> str:
        return f"http://127.0.0.1:{self.ports[name]}{path}"


@pytest.fixture
def stack() -> Iterator[Stack]:
    folder = Path(tempfile.mkdtemp(prefix="wr-"))
    (folder / "newsroom").mkdir()
    stack = Stack(folder)
    stack.server.start()
    for name in stack.ports:
        stack.start(name)
    yield stack
    stack.stop()
    shutil.rmtree(folder, ignore_errors=True)


def a_story(number: int, edition: int) -> bytes:
    return orjson.dumps(
        {
            "source": {"id": "chaos"},
            "guid": f"story-{number}",
            "url": f"https://example.org/story-{number}",
            "headline": f"Story {number}, edition {edition}",
            "body_html": f"<p>What happened in story {number}, as of edition {edition}.</p>",
            "published_at": "2026-11-22T10:00:00Z",
        }
    )


class Load:
    """Pushes new stories and updates of old ones at a steady rate, each until it is accepted."""

    def __init__(self, stack: Stack, session: Session) -> None:
        self.stack, self.session = stack, session
        self.accepted: set[tuple[str, int]] = set()
        self.random = random.Random(SEED)
        self.editions: Counter[int] = Counter()
        self.busy: dict[int, asyncio.Lock] = {}
        self.tasks: set[asyncio.Task[None]] = set()

    async def run(self, until_set: asyncio.Event) -> None:
        number = 0
        while not until_set.is_set():
            old = number > 10 and self.random.random() < 0.4
            story = self.random.randrange(number) if old else number
            number += 0 if old else 1
            task = asyncio.create_task(self._push(story))
            self.tasks.add(task)
            await asyncio.sleep(1 / RATE)
        await asyncio.gather(*self.tasks)

    async def _push(self, story: int) -> None:
        async with self.busy.setdefault(story, asyncio.Lock()):
            self.editions[story] += 1
            body = a_story(story, self.editions[story])
            while True:
                url = self.stack.url("ingest", "/api/v1/articles")
                answer = await post(self.session, url, body=body, headers=HEADERS, timeout=10)
                if isinstance(answer, Answer) and answer.status in (200, 202):
                    told = orjson.loads(answer.body_start)
                    self.accepted.add((told["id"], told["version"]))
                    return
                await asyncio.sleep(0.1)


async def ledger_of(stack: Stack, session: Session) -> list[tuple[str, int]]:
    """Read the whole ledger page by page; [] while nobody answers."""
    found, after = [], 0
    while True:
        url = stack.url("syndication", f"/api/v1/events?after={after}&limit=1000")
        answer = await get(session, url, headers=HEADERS, timeout=20, max_bytes=64 << 20)
        if getattr(answer, "status", None) != 200:
            return []
        page = orjson.loads(answer.body)  # type: ignore[union-attr]  # a 200 has a body
        found += [(e["data"]["article"]["id"], e["data"]["article"]["version"]) for e in page["events"]]
        if not page["events"]:
            return found
        after = page["next"]


async def subscribe(stack: Stack, session: Session, receiver: Receiver, **asked: str) -> None:
    answers: list[object] = []

    async def made() -> bool:
        answer = await post(
            session,
            stack.url("syndication", "/api/v1/subscriptions"),
            body=orjson.dumps({"url": receiver.url, **asked}),
            headers=HEADERS,
            timeout=5,
        )
        answers.append(answer)
        return isinstance(answer, Answer) and answer.status == 201

    try:
        await until(made, 30)
    except TimeoutError:
        pytest.fail(f"no subscription was made: {answers[-1]}; {stack.said('syndication')}")


async def test_nothing_accepted_is_lost_when_everything_is_killed_in_turn(stack: Stack) -> None:
    async def slow(_call: Call) -> Reply:
        await asyncio.sleep(0.05)  # so that there is something under way at every kill
        return Reply()

    async with a_receiver(slow) as receiver, a_receiver(slow) as once:
        session = connect(LOOPBACK)
        try:
            await subscribe(stack, session, receiver)
            await subscribe(stack, session, once, delivery="at-most-once")
            load, enough = Load(stack, session), asyncio.Event()
            pushing = asyncio.create_task(load.run(enough))
            for _ in range(ROUNDS):
                for victim in ("ingest", "enrichment", "syndication", "redis"):
                    await asyncio.sleep(PAUSE)
                    await asyncio.to_thread(stack.kill, victim)
            enough.set()
            await asyncio.wait_for(pushing, 60)

            def delivered() -> bool:
                return not missed(load, receiver)

            with contextlib.suppress(TimeoutError):  # what is missing is counted below
                await until(delivered, 90)
            ledger = await ledger_of(stack, session)
        finally:
            await session.close()
    report(load, ledger, receiver)
    check(load, ledger, receiver)
    assert len(once.calls) == len({delivery.id for delivery in once.calls}), "sent again to who asked for nothing twice"
    print(f"  at most once            {len(once.calls)}, repeats: 0, lost: {len(missed(load, once))}")


def report(load: Load, ledger: list[tuple[str, int]], receiver: Receiver) -> None:
    ids = Counter(delivery.id for delivery in receiver.calls)
    print(
        f"\nchaos, seed {SEED}: {ROUNDS} rounds of kill -9 of ingest, enrichment, syndication, redis "
        f"(append-only file, fsync every second)"
        f"\n  accepted versions       {len(load.accepted)}"
        f"\n  in the ledger           {len(ledger)}, twice: {len(ledger) - len(set(ledger))}, "
        f"lost: {len(load.accepted - set(ledger))}"
        f"\n  delivered               {len(receiver.calls)}, repeats: {len(receiver.calls) - len(ids)}, "
        f"lost: {len(missed(load, receiver))}"
    )


def missed(load: Load, receiver: Receiver) -> set[tuple[str, int]]:
    """Return the versions that came neither themselves nor as a newer one, by which those that wait are replaced."""
    newest: Counter[str] = Counter()
    for delivery in receiver.calls:
        article, version = delivery.version
        newest[article] = max(newest[article], version)
    return {(article, version) for article, version in load.accepted if newest[article] < version}


def check(load: Load, ledger: list[tuple[str, int]], receiver: Receiver) -> None:
    assert len(ledger) == len(set(ledger))
    assert load.accepted <= set(ledger)
    assert not missed(load, receiver)
    by_version: dict[tuple[str, int], set[str]] = {}
    newest: Counter[str] = Counter()
    for delivery in receiver.calls:
        article, version = delivery.version
        by_version.setdefault((article, version), set()).add(delivery.id)
        assert version >= newest[article], f"{article}: version {version} came after {newest[article]}"
        newest[article] = version
    assert all(len(ids) == 1 for ids in by_version.values()), "a repeat carries another webhook-id"
