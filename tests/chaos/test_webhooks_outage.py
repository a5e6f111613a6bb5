"""All receivers are out for a while: afterwards nothing is lost, every try was made when it was due, and none crowd."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from shared.http_client import connect
from shared.redis import Store
from shared.redis import connect as connect_redis
from tests.benchmarks.rows import percentiles
from tests.chaos.stack import LOOPBACK, Stack, a_stack, publish, subscribe
from tests.chaos.tally import Tally
from tests.receiver import Call, Reply, a_receiver
from tests.syndication.webhooks.lateness import Try, lateness
from tests.waiting import until

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]  # a slow machine is slow to come to its end

OUTAGE = 20.0
"""Seconds: a minute's outage compressed to a third, and the schedule with it."""

SCHEDULE = (1.0, 2.0, 4.0, 8.0, 8.0, 8.0, 8.0)
RECEIVERS = 100
ARTICLES = 3
"""So few that no breaker opens: it would put tries off on purpose."""

CROWD_SECONDS = 0.25
PUNCTUAL_MS = 100
EARLY_MS = 2
"""Due times are kept in whole ms."""


@pytest.fixture
def stack() -> Iterator[Stack]:
    with a_stack("syndication") as stack:
        yield stack


@dataclass
class Out:
    """A receiver that takes nothing until `over` (Unix time); `came` is when which try came."""

    over: float = float("inf")
    came: dict[Try, float] = field(default_factory=dict)
    taken: list[Call] = field(default_factory=list)
    moments: list[float] = field(default_factory=list)

    async def answer(self, call: Call) -> Reply:
        now = time.time()
        self.came[call.path, call.seq, int(call.headers["wireroom-attempt"])] = now
        if now < self.over:
            return Reply(503)
        self.taken.append(call)
        self.moments.append(now)
        return Reply()

    def crowd(self) -> int:
        """Return the most that were taken within any CROWD_SECONDS."""
        return max(bisect_right(self.moments, at + CROWD_SECONDS) - n for n, at in enumerate(self.moments))


async def test_after_an_outage_of_all_receivers_everything_comes_when_it_is_due(stack: Stack) -> None:
    out = Out()
    versions = [(f"desk-story{number}", 1) for number in range(ARTICLES)]
    wanted = [(f"/hook/{number}", version) for number in range(RECEIVERS) for version in versions]
    async with a_receiver(out.answer) as receiver, connect(LOOPBACK) as session:
        store = Store(connect_redis(stack.server.url))
        urls = [f"{receiver.url}/{number}" for number in range(RECEIVERS)]
        subscriptions = await subscribe(stack, session, urls, schedule=SCHEDULE)
        out.over = time.time() + OUTAGE
        await publish(stack, store, versions)
        await until(lambda: not Tally(out.taken).missed(wanted), 2 * OUTAGE + 100, 0.1)
        paths = {id: f"/hook/{number}" for number, id in enumerate(subscriptions)}
        late = await lateness(store, paths, out.came)
        await store.close()
    p50, p99 = percentiles(late, 0.5, 0.99)
    tally, crowd = Tally(out.taken), out.crowd()
    print(
        f"\nchaos, all {RECEIVERS} receivers out for {OUTAGE:g} s: {len(wanted)} deliveries, 0 lost, {tally.repeats} "
        f"repeats; {len(late)} tries were late by {p50:.0f} ms (median), {p99:.0f} ms (p99); "
        f"at most {crowd} within {CROWD_SECONDS:g} s"
    )
    tally.check()
    assert tally.repeats == 0
    assert min(late) > -EARLY_MS
    assert p50 < PUNCTUAL_MS
    assert p99 < 10 * PUNCTUAL_MS
    assert crowd < len(wanted) / 4
