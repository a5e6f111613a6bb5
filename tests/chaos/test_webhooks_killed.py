"""Ten thousand deliveries are under way: the service is killed, the server is killed, the server loses its file."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass

import pytest

from services.syndication.webhooks.lanes import keys
from shared.http_client import Session, connect
from shared.redis import Store
from shared.redis import connect as connect_redis
from tests.chaos.stack import LOOPBACK, Stack, Version, a_stack, publish, subscribe
from tests.chaos.tally import Tally
from tests.receiver import Call, Receiver, Reply, a_receiver
from tests.waiting import until

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]  # a slow machine is slow to come to its end

RECEIVERS = 100
ARTICLES = 100
UPDATED = 20
"""Articles of which a second version comes at once after the first."""

ANSWER_SECONDS = 0.2
ENOUGH = 1_500
"""Requests after which there is a kill: of the rest most wait, and many are on their way."""


@dataclass
class Scene:
    """A syndication service with subscribers, and what they get."""

    stack: Stack
    session: Session
    store: Store
    receiver: Receiver
    subscriptions: list[str]

    async def in_flight(self) -> int:
        """Return how many deliveries are claimed, and not recorded yet."""
        flights = [keys(id)[3] for id in self.subscriptions]
        return sum(await asyncio.gather(*(self.store.do("ZCARD", key) for key in flights)))

    async def killed(self, kill: Callable[[], None]) -> int:
        """Kill in the midst of it; returns how many deliveries were on their way by then."""
        await until(lambda: len(self.receiver.calls) >= ENOUGH)
        await asyncio.to_thread(kill)
        return await self.in_flight()

    async def all_came(self, versions: Collection[Version]) -> Tally:
        """Wait for every version at every receiver; fails with what is missing. Other articles are not looked at."""
        wanted = [(f"/hook/{number}", version) for version in versions for number in range(RECEIVERS)]
        articles = {article for article, _ in versions}

        def tally() -> Tally:
            return Tally([call for call in self.receiver.calls if call.version[0] in articles])

        with contextlib.suppress(TimeoutError):
            await until(lambda: not tally().missed(wanted), 300, 0.5)
        found = tally()
        assert not found.missed(wanted), f"{len(found.missed(wanted))} lost; {self.stack.said('syndication')}"
        return found


@pytest.fixture
async def scene(request: pytest.FixtureRequest) -> AsyncIterator[Scene]:
    promise = getattr(request, "param", "at-least-once")

    async def slow(_call: Call) -> Reply:
        await asyncio.sleep(ANSWER_SECONDS)
        return Reply()

    with a_stack("syndication") as stack:
        async with a_receiver(slow) as receiver, connect(LOOPBACK) as session:
            store = Store(connect_redis(stack.server.url))
            urls = [f"{receiver.url}/{number}" for number in range(RECEIVERS)]
            made = await subscribe(stack, session, urls, delivery=promise)
            yield Scene(stack, session, store, receiver, made)
            await store.close()


def versions_of(desk: str) -> list[Version]:
    """Return the versions of many articles, and then the second ones of some."""
    articles = [f"{desk}-story{number}" for number in range(ARTICLES)]
    return [*((each, 1) for each in articles), *((each, 2) for each in articles[:UPDATED])]


def report(what: str, tally: Tally, in_flight: int) -> None:
    print(f"\nchaos, {what}: {len(tally.came):,} deliveries, {in_flight} in flight, {tally.repeats} repeats, 0 lost")


async def test_a_killed_service_loses_nothing_and_repeats_no_more_than_was_in_flight(scene: Scene) -> None:
    versions = versions_of("desk")
    await publish(scene.stack, scene.store, versions)

    def kill() -> None:
        scene.stack.kill_service("syndication")

    in_flight = await scene.killed(kill)
    scene.stack.start("syndication")
    tally = await scene.all_came(versions)
    report("kill -9 of the service", tally, in_flight)
    assert in_flight > 0
    assert tally.repeats <= in_flight
    tally.check()


@pytest.mark.parametrize("scene", ["at-most-once"], indirect=True)
@pytest.mark.parametrize("victim", ["syndication", "redis"])
async def test_who_gets_nothing_twice_misses_no_more_than_was_in_flight(scene: Scene, victim: str) -> None:
    versions = versions_of("desk")
    await publish(scene.stack, scene.store, versions)
    in_flight = await scene.killed(lambda: scene.stack.kill(victim))

    async def idle() -> bool:
        waiting = await asyncio.gather(*(scene.store.do("HLEN", keys(id)[4]) for id in scene.subscriptions))
        return not any(waiting)

    wanted = [(f"/hook/{number}", version) for version in versions for number in range(RECEIVERS)]
    await until(idle, 300, 0.5)
    tally = Tally(scene.receiver.calls)
    missed = len(tally.missed(wanted))
    print(
        f"\nchaos, at most once, kill -9 of {victim}: {in_flight} in flight, {tally.repeats} repeats, {missed} missed"
    )
    assert tally.repeats == 0
    assert missed <= in_flight
    tally.check()


async def test_a_killed_server_with_its_file_loses_nothing(scene: Scene) -> None:
    versions = versions_of("desk")
    await publish(scene.stack, scene.store, versions)

    def kill() -> None:
        scene.stack.kill("redis")

    in_flight = await scene.killed(kill)
    tally = await scene.all_came(versions)
    report("kill -9 of the server", tally, in_flight)
    assert tally.repeats <= in_flight
    tally.check()


async def test_after_a_server_lost_its_file_what_comes_then_is_delivered(scene: Scene) -> None:
    await publish(scene.stack, scene.store, versions_of("desk"))
    await scene.killed(scene.stack.lose)
    urls = [f"{scene.receiver.url}/{number}" for number in range(RECEIVERS)]
    scene.subscriptions = await subscribe(scene.stack, scene.session, urls)
    versions = versions_of("other")
    await publish(scene.stack, scene.store, versions)
    tally = await scene.all_came(versions)
    report("the server without its file", tally, 0)
    assert tally.repeats == 0
    tally.check()
