"""Delivers what is due, in every replica: claims, sends at once as much as fits, records and renews in batches."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from time import time
from typing import TYPE_CHECKING

import structlog

from services.syndication.webhooks.attempts import Attempts
from services.syndication.webhooks.directory import Directory
from services.syndication.webhooks.flights import PROMPT, Flights
from services.syndication.webhooks.lane import CHUNK, Flight, Lane
from services.syndication.webhooks.lane_replies import Delivery, State
from services.syndication.webhooks.lanes import NO_CAP, Lanes, Record, Turn
from services.syndication.webhooks.metrics import IN_FLIGHT
from services.syndication.webhooks.notices import Notices
from services.syndication.webhooks.store import SubscriptionStore
from shared.ticks import Tick

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger

TOGETHER = 32
LINGER_SECONDS = 0.002
"""While many are under way, outcomes are written when so many have come, or after so long."""

PARTS = 4
PATIENT_SECONDS = 0.2
"""So long what is about to be put in lanes waits until a fourth of all deliveries fit, to be claimed in one step."""

HINT_MS = 20
"""So often other replicas are told when subscriptions are due next; what they know meanwhile is too early at worst."""

POLL_SECONDS = 1.0
WATCH_SECONDS = 0.5
BACK_MS = 1_000


class Engine:
    """The deliveries of one process. Replicas share the lanes: what one claims, no other sends."""

    def __init__(
        self,
        *,
        store: SubscriptionStore,
        lanes: Lanes,
        directory: Directory,
        attempts: Attempts,
        notices: Notices,
        clock: Callable[[], float] = time,
        prompt: int = PROMPT,
    ) -> None:
        self._store, self._lanes, self._directory = store, lanes, directory
        self._attempts, self._clock, self._flights = attempts, clock, Flights(prompt)
        self._notices = notices
        self._known: dict[str, Lane] = {}
        self._dirty: set[Lane] = set()
        self._hungry: dict[Lane, None] = {}
        self._states: dict[str, State] = {}
        self._hinted = 0.0
        self._ended = 0
        self._look_at: float = 0
        self._called = False
        self._turning = asyncio.Lock()
        self._log: FilteringBoundLogger = structlog.get_logger()
        self._rounds = Tick("webhook deliveries", POLL_SECONDS, self._round)
        self._watch = Tick("webhook leases", WATCH_SECONDS, self._look_over)
        self._calls = Tick("webhook calls", POLL_SECONDS, self._listen)

    @property
    def ticks(self) -> tuple[Tick, ...]:
        """The loops, for readiness."""
        return self._rounds, self._watch, self._calls, self._notices.tick

    @property
    def room(self) -> int:
        """How many more deliveries fit."""
        return self._flights.room

    async def make_room(self, wanted: int) -> bool:
        """Wait a little until some of so many deliveries fit; False when they do not, or others waited before them."""
        some = min(wanted, max(1, self._flights.prompt // PARTS))
        if not self._hungry:
            await self._flights.fit(some, PATIENT_SECONDS)
        return self.room >= some

    def start(self) -> None:
        """Begin to deliver."""
        self._log = structlog.get_logger().bind()
        for tick in self.ticks:
            tick.start()

    async def stop(self, grace: float) -> None:
        """Claim no more, let what is under way end within `grace` seconds, give the rest back, write it all down."""
        self._flights.closed = True
        tasks = [flight.task for flight in self._flights if flight.task is not None]
        if tasks and self._rounds.running:
            await asyncio.wait(tasks, timeout=grace)
        for flight in self._flights:
            if flight.task is not None:
                flight.task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        async with self._turning:
            await asyncio.gather(*(tick.stop() for tick in (self._watch, self._calls)))
        try:
            await self._round()
        except Exception as error:  # noqa: BLE001  # the leases run out, and another replica sends again
            self._log.warning("deliveries.unrecorded", error=f"{type(error).__name__}: {error}")
        await self._rounds.stop()
        await self._notices.tick.stop()

    def rewind(self) -> None:
        """Drop what is kept of the ledger in memory: its numbers mean other entries now."""
        self._attempts.preparation.forget()

    def look(self) -> None:
        """Look at once for what is due."""
        self._called = True
        self._rounds.wake()

    def caps(self, subscriptions: Iterable[str]) -> Mapping[str, int]:
        """Return how many may be under way to those of them that are slow: else each new entry took a place."""
        known = (self._known.get(id) for id in subscriptions)
        return {lane.subscription: lane.cap for lane in known if lane is not None and lane.cap < NO_CAP}

    def take(self, states: Iterable[State]) -> None:
        """Start what was claimed for this process, and go on with what is due beyond that.

        What was claimed as this replica came to stop is given back: nobody would record what came of it.
        """
        now = self._clock() * 1000
        for state in states:
            self._take(state, now)
        IN_FLIGHT.set(len(self._flights))

    def _take(self, state: State, now: float) -> None:
        lane = self._lane(state.subscription)
        self._states[state.subscription] = state
        if state.gone and not lane.flights:
            self._known.pop(state.subscription, None)
            return
        lane.waiting = state.waiting
        alone = len(state.claimed) - state.bundle
        for delivery in state.claimed[:alone]:
            self._start(lane, (delivery,))
        if state.bundle:
            self._start(lane, state.claimed[alone:], digest=True)
        if state.due is None or state.gone:
            return
        if state.due > now:
            self._look_at = min(self._look_at, state.due)
        else:
            self._hungry[lane] = None
            self._rounds.wake()

    def _lane(self, id: str) -> Lane:
        lane = self._known.get(id)
        if lane is None:
            lane = self._known[id] = Lane(id)
        return lane

    # --- rounds: everything there is to say to Redis, said at once ---------------------------------------------

    async def _round(self) -> float | None:
        async with self._turning:
            now = int(self._clock() * 1000)
            if not self._flights.closed and (self._called or now >= self._look_at):
                await self._look_for_due(now)
            self._attempts.flush()
            turns = self._turns()
            if turns:
                await self._say(now, turns)
            if self._states and (not self._flights or now - self._hinted >= HINT_MS):
                await self._hint()
        if self.room == 0:
            return None  # the next flight that ends wakes us
        if self._hungry:
            return 0.0
        return max(0.0, self._look_at / 1000 - self._clock())

    async def _look_for_due(self, now: int) -> None:
        room = self.room
        if room == 0:
            return
        self._called = False
        await self._hint()  # what is due here must be known there before it is looked for
        generation, ids, following = await self._store.due(now, room)
        await self._directory.refresh(generation)
        poll = now + POLL_SECONDS * 1000
        self._look_at = now + HINT_MS if len(ids) == room else min(poll, following or poll)
        self._hungry.update(dict.fromkeys(self._lane(id) for id in ids))

    def _turns(self) -> list[tuple[Lane, Turn]]:
        self._ended = 0
        now, room, turns = asyncio.get_running_loop().time(), self.room, []
        dirty, self._dirty = self._dirty, set()
        chunk = max(CHUNK, room // (len(dirty | self._hungry.keys()) or 1))
        for lane in dirty:
            # Who records claims as well, for there is often more where that came from.
            limit = min(chunk, room)
            room -= min(limit, lane.waiting)
            self._hungry.pop(lane, None)
            turns.append((lane, lane.turn(now, limit)))
        while self._hungry and room > 0:
            # Some lanes whole rather than a bit of each: what is claimed together is recorded together.
            lane = next(iter(self._hungry))
            del self._hungry[lane]
            limit = min(chunk, room)
            room -= min(limit, max(1, lane.waiting))
            turns.append((lane, lane.turn(now, limit)))
        return turns

    async def _hint(self) -> None:
        states, self._states = self._states, {}
        self._hinted = self._clock() * 1000
        try:
            await self._lanes.hint(states.values())
        except BaseException:
            self._states = {**states, **self._states}
            raise

    async def _say(self, now: int, turns: list[tuple[Lane, Turn]]) -> None:
        try:
            states = await self._lanes.step(now, [turn for _, turn in turns])
        except BaseException:
            self._restore(turns)
            raise
        heard = [state for state in states if isinstance(state, State)]
        self.take(heard)
        self._notices.note(heard)
        failed = [(pair, state) for pair, state in zip(turns, states, strict=True) if isinstance(state, Exception)]
        self._restore(pair for pair, _ in failed)
        if failed:
            raise failed[0][1]

    def _restore(self, turns: Iterable[tuple[Lane, Turn]]) -> None:
        for lane, turn in turns:
            lane.restore(turn)
            self._dirty.add(lane)

    # --- flights -------------------------------------------------------------------------------------------------

    def _start(self, lane: Lane, deliveries: Sequence[Delivery], *, digest: bool = False) -> None:
        if self._flights.closed:
            lane.records += [Record(each, "back", int(self._clock() * 1000)) for each in deliveries]
            self._dirty.add(lane)
            return
        now = asyncio.get_running_loop().time()
        flight = Flight(deliveries, now, now, digest=digest)
        self._flights.add(lane, flight)
        flight.task = asyncio.create_task(self._fly(lane, flight))

    async def _fly(self, lane: Lane, flight: Flight) -> None:
        records: list[Record] | None = None
        try:
            made = await self._attempts.records(flight.deliveries, self._log, together=flight.digest)
            records = flight.back(self._soon()) if made is None else made
        except Exception as error:  # noqa: BLE001  # our fault, not the receiver's: tried again, and not counted
            self._log.warning(
                "delivery.postponed",
                subscription=lane.subscription,
                seq=flight.seq,
                error=f"{type(error).__name__}: {error}"[:300],
            )
            records = flight.back(self._soon())
        finally:
            lane.records += flight.back(int(self._clock() * 1000)) if records is None else records
            self._flights.land(lane, flight)
            self._dirty.add(lane)
            self._ended += 1
            if self._ended >= TOGETHER or len(self._flights) < TOGETHER:
                self._rounds.wake()
            elif self._ended == 1:
                asyncio.get_running_loop().call_later(LINGER_SECONDS, self._rounds.wake)

    def _soon(self) -> int:
        return int(self._clock() * 1000) + BACK_MS

    # --- watching ------------------------------------------------------------------------------------------------

    async def _look_over(self) -> None:
        """Give the places of slow deliveries to others, and have leases renewed before they run out."""
        now = asyncio.get_running_loop().time()
        slow, old = self._flights.grown_slow(now), self._flights.to_renew(now)
        self._dirty |= old
        if slow or old:
            self._rounds.wake()

    async def _listen(self) -> None:
        async with self._store.calls() as calls:
            self._calls.well()
            while True:
                if await calls.get_message(timeout=5.0) is not None:
                    self.look()
