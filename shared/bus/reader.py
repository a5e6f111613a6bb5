"""One consumer of one partition: takes entries in hand, handles them, counts tries, settles or gives up."""

from __future__ import annotations

import asyncio
import time
import traceback
from collections.abc import Awaitable, Callable, Sequence

import structlog

from shared import logs, tracing
from shared.bus import wire
from shared.bus.dead import Death, about, bury
from shared.bus.deadlines import Deadlines
from shared.bus.lanes import Entry, Lanes
from shared.bus.outcome import Done, Later, Limits, Outcome
from shared.bus.own import COUNT_TRY, hand_back
from shared.bus.route import Route
from shared.bus.settle import Settler
from shared.events import ArticleEvent, to_json
from shared.metrics import FAILED, HANDLED, SECONDS
from shared.redis import RedisError, Store, is_passing
from shared.retry import backoff

log = structlog.get_logger()

Handler = Callable[[ArticleEvent], Awaitable[Outcome]]

LAST_WORD = 2.0
"""Seconds that handing back may take beyond the grace period when Redis is slow or away."""


class Reader:
    """Handles what it is given; `room` says when it takes more."""

    def __init__(self, route: Route, handler: Handler, store: Store, limits: Limits) -> None:
        self.route, self.limits, self.store = route, limits, store
        self.in_hand: dict[bytes, Entry | None] = {}
        """Entries taken and not settled; None for one that could not be read and is being buried."""
        self._handler = handler
        # What model_validate_json calls, without its checks of options that are not used here.
        self._validate = route.event.__pydantic_validator__.validate_json
        self._lanes = Lanes(limits.workers, self._handle)
        self._deadlines = Deadlines(limits.timeout)
        self._settler = Settler(
            store, source=route.source, target=route.target, group=route.group, settled=self._settled
        )
        self._changed = asyncio.Event()
        self._timers: set[asyncio.TimerHandle] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False
        self._ok = HANDLED.labels(route.stream, route.group, "ok")
        self._repeated = HANDLED.labels(route.stream, route.group, "repeated")
        self._dead = HANDLED.labels(route.stream, route.group, "dead")
        self._faults = FAILED.labels(route.stream, route.group)
        self._took = SECONDS.labels(route.stream, route.group)

    def start(self) -> None:
        """Start handling."""
        self._stopping = False
        self._lanes.start()

    def close(self) -> None:
        """Take nothing more; what is being handled goes on, what waits for a later try stays as it is."""
        self._stopping = True
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        self._changed.set()

    async def stop(self) -> None:
        """Finish what can be finished within the grace period, and hand back the rest."""
        self.close()
        try:
            async with asyncio.timeout(self.limits.grace):
                while self._lanes.busy or self._tasks:
                    await self._change()
                await self._settler.drain()
        except TimeoutError:
            log.warning("reader.cut_off", stream=self.route.stream, left_pending=len(self.in_hand))
        self._deadlines.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._lanes.stop()
        await self._settler.stop()
        await self._hand_back()
        self.in_hand.clear()

    async def room(self) -> None:
        """Wait until another batch fits in hand."""
        most = max(0, self.limits.in_hand - self.limits.batch)
        while len(self.in_hand) > most and not self._stopping:
            await self._change()

    def take(self, entry_id: bytes, fields: dict[bytes, bytes], tries: int = 0) -> None:
        """Take an entry in hand; one that cannot be read goes to the dead letters at once."""
        if self._stopping:
            return
        if entry_id in self.in_hand:
            self._is_ours_again(entry_id)
            return
        body = b""
        try:
            body = wire.decode(fields)
            event = self._validate(body)
        except Exception as error:  # noqa: BLE001  # one that is read badly must not keep the others of its batch
            reason = f"not a valid {self.route.stream} event: {wire.first_fault(error)}"
            self._bury_soon(entry_id, body, Death(reason, "", tries + 1))
            return
        entry = Entry(entry_id, body, event, event.key, tries)
        self.in_hand[entry_id] = entry
        self._lanes.put(entry)

    def give_up(self, entry_id: bytes, fields: dict[bytes, bytes], tries: int) -> None:
        """Bury an entry that was delivered too often without an answer."""
        reason = f"delivered {tries} times without an answer: its consumers died or hung"
        self._bury_soon(entry_id, wire.decode(fields), Death(reason, "", tries))

    def lose(self, entry_ids: Sequence[bytes]) -> None:
        """Do not begin what another consumer took over; what is begun goes on, settling tells who was first."""
        for entry_id in entry_ids:
            entry = self.in_hand.get(entry_id)
            if entry is not None:
                entry.lost = True

    def _is_ours_again(self, entry_id: bytes) -> None:
        entry = self.in_hand[entry_id]
        if entry is not None:
            entry.lost = False

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()

    async def _handle(self, entry: Entry) -> None:
        if entry.lost:
            self._lanes.release(entry)
            self._drop(entry.id)
            return
        about = {"correlation_id": entry.event.correlation_id, **logs.of(entry.event.article)}
        logs.about(about)
        started = time.perf_counter()
        try:
            outcome = await self._deadlines.within(self._handler(entry.event))
            entry.seconds = time.perf_counter() - started
            self._finish(entry, outcome, about)
        except Exception as error:  # noqa: BLE001  # whatever an event does to its handler is counted, not raised
            if is_passing(error):
                self._hold(entry, self.limits.hold, f"{type(error).__name__}: {error}")
            else:
                ms = round((time.perf_counter() - started) * 1000, 2)
                tracing.told({"event": "event.failed", **about, "ms": ms}, service=self.route.group, failed=True)
                self._failed(entry, error)
        if self._stopping:
            self._changed.set()

    def _finish(self, entry: Entry, outcome: Outcome, about: dict[str, object]) -> None:
        if isinstance(outcome, Later):
            if not self._lanes.give_way(entry):
                self._hold(entry, outcome.seconds, outcome.reason)
            return
        if outcome is None or isinstance(outcome, Done):
            done = outcome or Done()
            told = {"event": done.event, **about, **done.fields}
        elif isinstance(outcome, ArticleEvent):
            entry.emits = wire.encode(to_json(outcome), outcome.correlation_id)
            told = {"event": outcome.type, **about}
        else:
            raise TypeError(f"a handler answers an event, Done, Later or None, not {type(outcome).__name__}")
        told["tries"] = entry.tries + 1
        told["ms"] = round(entry.seconds * 1000, 2)
        entry.told = told
        tracing.told(told, service=self.route.group)
        self._settler.add(entry)
        self._lanes.release(entry)

    def _settled(self, entries: Sequence[Entry], acked: Sequence[int]) -> None:
        observe, in_hand = self._took.observe, self.in_hand
        for entry in entries:
            in_hand.pop(entry.id, None)
            observe(entry.seconds)
        mine = sum(acked)
        self._ok.inc(mine)
        self._changed.set()
        if mine == len(entries):
            logs.tell([entry.told for entry in entries])
            return
        self._repeated.inc(len(entries) - mine)
        logs.tell([entry.told for entry, ours in zip(entries, acked, strict=True) if ours])
        for entry, ours in zip(entries, acked, strict=True):
            if not ours:
                log.debug("event.repeated", of=entry.told)

    def _hold(self, entry: Entry, seconds: float, reason: str) -> None:
        log.debug("event.postponed", reason=reason, seconds=seconds)
        self._after(seconds, lambda: self._lanes.again(entry))

    def _failed(self, entry: Entry, error: Exception) -> None:
        entry.tries += 1
        self._faults.inc()
        reason = f"{type(error).__name__}: {error}"[:1000]
        if entry.tries >= self.limits.tries:
            trace = "".join(traceback.format_exception(error))[-8000:]
            self._bury_soon(entry.id, entry.data, Death(reason, trace, entry.tries))
            self._lanes.release(entry)
            return
        delay = backoff(entry.tries, self.limits.first_delay, self.limits.longest_delay)
        log.warning("event.failed", error=reason, tries=entry.tries, again_in=delay, exc_info=error)
        self._after(delay, lambda: self._start(self._retry(entry)))

    def _after(self, seconds: float, do: Callable[[], object]) -> None:
        """Do something later, unless we stop before: then the entry is handed back."""

        def now() -> None:
            self._timers.discard(timer)
            do()

        if not self._stopping:
            timer = asyncio.get_running_loop().call_later(seconds, now)
            self._timers.add(timer)

    async def _retry(self, entry: Entry) -> None:
        """Have the server count the try, and handle the entry if it is still ours to handle."""
        route = self.route
        try:
            args: list[str | bytes] = [route.group, route.consumer, entry.id]
            ours = await self.store.run(COUNT_TRY, keys=[route.source], args=args)
        except RedisError:
            self._after(self.limits.hold, lambda: self._start(self._retry(entry)))
            return
        entry.lost = not ours
        self._lanes.again(entry)

    def _drop(self, entry_id: bytes) -> None:
        self.in_hand.pop(entry_id, None)
        self._changed.set()

    def _bury_soon(self, entry_id: bytes, body: bytes, death: Death) -> None:
        self.in_hand.setdefault(entry_id, None)
        self._start(self._bury(entry_id, body, death))

    async def _bury(self, entry_id: bytes, body: bytes, death: Death) -> None:
        """Write the dead letter; until Redis takes it the entry stays in hand, lest its reason be lost."""
        route = self.route
        try:
            while (made := await self._buried(entry_id, body, death)) is None:  # noqa: ASYNC110  # Redis sets no event
                await asyncio.sleep(self.limits.hold)
        finally:
            self._drop(entry_id)
        log.error(
            "event.dead_lettered",
            **({"id": f"{route.stream}:{route.partition}:{made}"} if made else {}),
            **about(body),
            stream=route.stream,
            entry=entry_id.decode(),
            error=death.error,
            tries=death.tries,
        )

    async def _buried(self, entry_id: bytes, body: bytes, death: Death) -> str | None:
        """Return the dead letter's entry, '' when another settled the event, None while Redis does not take it."""
        route = self.route
        try:
            made = await bury(self.store, route.source, route.dead, route.group, entry_id, body, death)
        except RedisError as error:
            log.warning("dead_letter.postponed", stream=route.stream, error=str(error))
            return None
        if made:
            self._dead.inc()
        return made

    async def _hand_back(self) -> None:
        """Let the next consumer have at once what is left, without a try counted; best effort."""
        route, idle = self.route, int(self.limits.idle * 1000) + 1
        tries = {entry_id: entry.tries if entry is not None else 0 for entry_id, entry in self.in_hand.items()}
        try:
            async with asyncio.timeout(LAST_WORD):
                left = await hand_back(self.store, route.source, route.group, route.consumer, idle, tries)
        except (RedisError, TimeoutError) as error:
            tell = log.warning if self.in_hand else log.debug
            tell("events.left_pending", stream=route.stream, error=f"{type(error).__name__}: {error}")
            return
        if left:
            log.info("events.handed_back", stream=route.stream, count=left)

    def _start(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._changed.set()
