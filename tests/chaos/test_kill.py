"""Under load, every service and the server are killed in turn; nothing accepted is lost or counted twice."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import Iterator

import orjson
import pytest

from shared.http_client import Answer, Session, connect, get, post
from tests.chaos.stack import HEADERS, LOOPBACK, Stack, a_stack, subscribe
from tests.chaos.tally import Tally
from tests.receiver import Call, Receiver, Reply, a_receiver
from tests.waiting import until

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]  # a slow machine is slow to come to its end

SEED = 20261122
RATE = 100
ROUNDS = 3
PAUSE = 2.0


@pytest.fixture
def stack() -> Iterator[Stack]:
    with a_stack("ingest", "enrichment", "syndication") as stack:
        yield stack


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


async def test_nothing_accepted_is_lost_when_everything_is_killed_in_turn(stack: Stack) -> None:
    async def slow(_call: Call) -> Reply:
        await asyncio.sleep(0.05)  # so that there is something under way at every kill
        return Reply()

    async with a_receiver(slow) as receiver, a_receiver(slow) as once:
        session = connect(LOOPBACK)
        try:
            await subscribe(stack, session, [receiver.url])
            await subscribe(stack, session, [once.url], delivery="at-most-once")
            load, enough = Load(stack, session), asyncio.Event()
            pushing = asyncio.create_task(load.run(enough))
            for _ in range(ROUNDS):
                for victim in ("ingest", "enrichment", "syndication", "redis"):
                    await asyncio.sleep(PAUSE)
                    await asyncio.to_thread(stack.kill, victim)
            enough.set()
            await asyncio.wait_for(pushing, 200)

            def delivered() -> bool:
                return not missed(load, receiver)

            with contextlib.suppress(TimeoutError):  # what is missing is counted below
                await until(delivered, 200)
            ledger = await ledger_of(stack, session)
        finally:
            await session.close()
    report(load, ledger, receiver)
    check(load, ledger, receiver)
    assert len(once.calls) == len({delivery.id for delivery in once.calls}), "sent again to who asked for nothing twice"
    print(f"  at most once            {len(once.calls)}, repeats: 0, lost: {len(missed(load, once))}")


def report(load: Load, ledger: list[tuple[str, int]], receiver: Receiver) -> None:
    print(
        f"\nchaos, seed {SEED}: {ROUNDS} rounds of kill -9 of ingest, enrichment, syndication, redis "
        f"(append-only file, fsync every second)"
        f"\n  accepted versions       {len(load.accepted)}"
        f"\n  in the ledger           {len(ledger)}, twice: {len(ledger) - len(set(ledger))}, "
        f"lost: {len(load.accepted - set(ledger))}"
        f"\n  delivered               {len(receiver.calls)}, repeats: {Tally(receiver.calls).repeats}, "
        f"lost: {len(missed(load, receiver))}"
    )


def missed(load: Load, receiver: Receiver) -> set[tuple[str, int]]:
    return {version for _, version in Tally(receiver.calls).missed(("/hook", version) for version in load.accepted)}


def check(load: Load, ledger: list[tuple[str, int]], receiver: Receiver) -> None:
    assert len(ledger) == len(set(ledger))
    assert load.accepted <= set(ledger)
    assert not missed(load, receiver)
    Tally(receiver.calls).check()
