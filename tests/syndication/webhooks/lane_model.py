"""A subscription's lanes on a real server against a model in memory: receivers of every temper, replicas that die."""

from __future__ import annotations

import asyncio
import functools
from collections import Counter, defaultdict
from collections.abc import Coroutine
from typing import Any

from hypothesis import settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from services.syndication.webhooks.choices import Choices, Promise
from services.syndication.webhooks.deliver import UNWANTED, Delivered, Disabled, Outcome, Refused, RetryLater
from services.syndication.webhooks.lane_replies import Delivery, State
from services.syndication.webhooks.lanes import (
    NEVER,
    Lanes,
    Record,
    Turn,
    Wanted,
    pack,
)
from services.syndication.webhooks.outcomes import judge, lost
from services.syndication.webhooks.pacing import DigestWindow, Pacing, Patience
from services.syndication.webhooks.sent import told
from services.syndication.webhooks.store import NOTICES_FROM
from services.syndication.webhooks.subscriptions import Subscription
from shared.redis import Store, connect
from tests.examples import examples
from tests.syndication.webhooks.bed import subscribe

START = 1_800_000_000_000
SCHEDULE = (1.0, 5.0, 60.0)
PATIENCE = Patience(most_pending=9, streak=4, disable=600_000, canary=60_000, longest_canary=600_000)
REPLICAS = ("one", "two", "three")
MOST_TURNS = 3_000
MOST_NAMED = 32
ALONE = ("article.retracted", "article.embargoed")

OUTCOMES: dict[str, Outcome] = {
    "fine": Delivered(204, 1.0, b""),
    "failing": RetryLater("the receiver answered 500", 1.0, 500),
    "hanging": RetryLater("timed out", 15_000.0),
    "busy": RetryLater("the receiver answered 429", 1.0, 429, 3.0),
    "gone": Disabled("gone", 410, 1.0, b""),
    "leaving": Disabled(UNWANTED, 500, 1.0, b""),
    "parting": Delivered(200, 1.0, b"", last=True),
    "refusing": Refused("no", 500, 1.0, b""),
    "closed": RetryLater("could not connect", 1.0, unsent=True),
}


class LaneModel(RuleBasedStateMachine):
    """One receiver, three replicas, eight articles."""

    def __init__(self, loop: asyncio.AbstractEventLoop, store: Store) -> None:
        super().__init__()
        self.loop, self.store = loop, store
        self.lanes = Lanes(store, PATIENCE, spread=lambda: 0.5)
        self.now, self.temper, self.flap = START, "fine", 0
        self.ledger: list[tuple[str, int, str]] = []
        self.dispatched = 0
        self.missed: int | None = None
        self.status = "active"
        self.flights: dict[str, list[tuple[Delivery, Outcome]]] = {replica: [] for replica in REPLICAS}
        self.sent: list[tuple[int, Delivery]] = []
        self.requests: list[int] = []
        self.accepted: dict[str, int] = defaultdict(int)
        self.taken: set[int] = set()
        self.replaced: set[int] = set()
        self.over: set[int] = set()
        self.failures: Counter[int] = Counter()
        self.gone: Counter[int] = Counter()
        self.losses: Counter[int] = Counter()
        self.came: Counter[int] = Counter()
        self.leased: dict[tuple[int, int], int] = {}
        self.replays: Counter[int] = Counter()
        self.attempted: dict[str, int] = defaultdict(int)
        self.early: dict[int, int] = {}
        self.early_sent: dict[str, int] = defaultdict(int)

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    @initialize(
        most=some.sampled_from([64, 3, 1]),
        rate=some.sampled_from([None, 2.0]),
        digest=some.sampled_from([None, None, DigestWindow(3, 5.0)]),
        promise=some.sampled_from(["at-least-once", "at-most-once"]),
    )
    def subscribed(self, most: int, rate: float | None, digest: DigestWindow | None, promise: Promise) -> None:
        self.pacing = Pacing(max_in_flight=most, rate_limit=rate, digest=digest)
        self.choices = Choices(delivery=promise)
        self.subscription: Subscription = self.run(
            subscribe(self.store, "http://127.0.0.1:1/", schedule=SCHEDULE, pacing=self.pacing, choices=self.choices)
        )

    # --- what happens ------------------------------------------------------------------------------------------------

    @rule(
        news=some.lists(some.tuples(some.sampled_from("aabbcdefgh"), some.booleans()), min_size=1, max_size=3),
        replica=some.sampled_from(REPLICAS),
        limit=some.sampled_from([9, 9, 1, 0]),
        lost=some.booleans(),
    )
    def published(self, news: list[tuple[str, bool]], replica: str, limit: int, lost: bool) -> None:
        """Put what is new in the lanes; when the replica dies of it, what it claimed is on nobody's mind."""
        for article, retracted in news:
            version = 1 + sum(name == article for name, _, _ in self.ledger)
            self.ledger.append((article, version, "article.retracted" if retracted else "article.published"))
        self._dispatch(replica, limit)
        if lost:
            self.dispatched -= len(news)  # it died before it moved the cursor: the same is put in again
            self._dies(replica)

    @rule(
        temper=some.sampled_from(["fine", "flapping", *OUTCOMES]),
        ms=some.sampled_from([400, 1_200, 6_000, 21_000, 0, 1, 70_000, 700_000]),
        replica=some.sampled_from(REPLICAS),
        count=some.sampled_from([9, 1, 0, 2]),
        limit=some.sampled_from([9, 9, 1, 0]),
        also=some.sampled_from(["", "", "", "dies", "renews", "catches up", "is activated", "leads", "replays"]),
    )
    def works(self, temper: str, ms: int, replica: str, count: int, limit: int, also: str) -> None:
        """Record what came of some attempts, and claim on; rules are few so that each example has all of them."""
        match also:
            case "dies":
                self._dies(replica)
            case "renews":
                self._renews(replica)
            case "catches up":
                self._catches_up(limit)
            case "leads":
                self._leads("abcdefgh"[(len(self.ledger) + ms) % 8], replica)
            case "replays":
                self._replays(1 + ms % 5, replica)
            case "is activated":
                self._heard(self.run(self.lanes.activate(self.subscription.id)), replica)
        self.temper = temper
        self.now += ms
        ended, self.flights[replica] = self.flights[replica][:count], self.flights[replica][count:]
        self._step(replica, limit, ended)

    def _leads(self, article: str, replica: str) -> None:
        """Put in what goes out early, of an article that has nothing of the ledger to go."""
        seq = NOTICES_FROM + len(self.early) + 1
        wanted = Wanted(seq, article, pack("article.embargoed", article, 1, b"[]"))
        state = self.run(self.lanes.lead(self.now, self.subscription.id, wanted))
        self.early[seq] = self.dispatched
        self._heard(state, replica)

    def _replays(self, first: int, replica: str) -> None:
        """Put what was dispatched from a seq on in again; who has not seen all that was is refused."""
        found = [self._wanted(seq) for seq in range(first, self.dispatched + 1)]
        newer = {each.article_id: self._seqs_of(each.article_id) for each in found}
        requeue = functools.partial(self.lanes.requeue, self.now, self.subscription.id, found, newer=newer)
        assert not any(self.run(requeue(seen=self._last_put() - 1)).kept)
        waiting = {int(seq) for seq in self.run(self.store.do("HKEYS", f"{{s:{self.subscription.id}}}:items"))}
        state = self.run(requeue(seen=len(self.ledger)))
        goes = {each.seq for each, kept in zip(found, state.kept, strict=True) if kept}
        self.replays.update(goes - waiting)
        self._heard(state, replica)

    def _last_put(self) -> int:
        return int(self.run(self.store.do("HGET", f"{{s:{self.subscription.id}}}", "dispatched")))

    def _seqs_of(self, article: str) -> list[int]:
        return [seq for seq in range(len(self.ledger), 0, -1) if self.ledger[seq - 1][0] == article]

    def _renews(self, replica: str) -> None:
        flying = [delivery for delivery, _ in self.flights[replica]]
        [state] = self.run(self.lanes.step(self.now, [Turn(subscription=self.subscription.id, renewals=flying)]))
        self._heard(state, replica)

    def _dies(self, replica: str) -> None:
        for delivery, _ in self.flights[replica]:
            self.losses[delivery.seq] += 1
        self.flights[replica].clear()

    def _catches_up(self, part: int) -> None:
        if self.missed is None or self.missed > self.dispatched:
            return
        last = min(self.missed + part, self.dispatched)
        found = [self._wanted(seq) for seq in range(self.missed, last + 1)]
        state = self.run(self.lanes.catch_up(self.now, self.subscription.id, self.missed, last + 1, found))
        self._heard(state, REPLICAS[0])

    # --- what must hold ----------------------------------------------------------------------------------------------

    @invariant()
    def nothing_is_repeated_without_end(self) -> None:
        for seq, count in Counter(delivery.seq for _, delivery in self.sent).items():
            under_way = sum(seq == delivery.seq for flights in self.flights.values() for delivery, _ in flights)
            again = self.replays[seq]
            assert count <= self.failures[seq] + self.losses[seq] + (seq in self.taken) + under_way + again
            if self.ledger[seq - 1][2] != "article.retracted":
                assert self.failures[seq] <= (len(SCHEDULE) + 1) * (1 + again) + self.gone[seq]

    @invariant()
    def nothing_that_may_have_come_is_repeated_to_who_asked_for_that(self) -> None:
        assert all(count <= 1 + self.replays[seq] for seq, count in self.came.items())

    @invariant()
    def no_more_than_allowed_are_under_way_or_in_a_second(self) -> None:
        live = [at for at in self.requests if at > self.now - 1_000]
        if self.sent and self.pacing.rate_limit:
            assert len(live) <= self.pacing.rate_limit + 1
        flying = self.run(self.store.do("ZCARD", f"{{s:{self.subscription.id}}}:flight")) if self.sent else 0
        assert flying <= self.pacing.max_in_flight * (self.pacing.digest.items if self.pacing.digest else 1)

    def teardown(self) -> None:
        """Let the receiver be well: everything arrives, was replaced by what arrived, or was given up."""
        if not hasattr(self, "subscription"):
            return
        for replica in REPLICAS:
            self._dies(replica)
        self.temper = "fine"
        self._dispatch(REPLICAS[0], 9)
        self._heard(self.run(self.lanes.activate(self.subscription.id)), REPLICAS[0])
        self._drains()
        self._replays(1, REPLICAS[0])
        self._drains()
        unnamed = {seq for _, delivery in self.sent for seq in self._unnamed(delivery)}
        ended = self.taken | self.replaced | self.over | unnamed
        assert ended == set(range(1, len(self.ledger) + 1)), "a version is lost"
        known = {delivery.seq for _, delivery in self.sent} | self.replaced | unnamed
        assert {delivery.previous_seq for _, delivery in self.sent} - {None} <= known, "the chain names what never came"

    def _drains(self) -> None:
        for _ in range(MOST_TURNS):
            self._catches_up(100)
            self.works("fine", 0, REPLICAS[0], 9, 9, "")
            state = self.run(self.lanes.peek([self.subscription.id]))[0]
            if state.due is None and state.missed_from is None and not self.flights[REPLICAS[0]]:
                break
            if state.due is not None and not self.flights[REPLICAS[0]]:
                self.now = max(self.now, state.due)

    # --- how it is done ----------------------------------------------------------------------------------------------

    def _dispatch(self, replica: str, limit: int) -> None:
        entries = [self._wanted(seq) for seq in range(self.dispatched + 1, len(self.ledger) + 1)]
        [state] = self.run(self.lanes.enqueue(self.now, [(self.subscription.id, entries, limit)]))
        self.dispatched = len(self.ledger)
        self._heard(state, replica)

    def _unnamed(self, delivery: Delivery) -> set[int]:
        """Return what a delivery replaced beyond the number that it names."""
        if len(delivery.supersedes) < MOST_NAMED:
            return set()
        before = range(1, min(delivery.supersedes))
        return {seq for seq in before if self.ledger[seq - 1][0] == delivery.article_id}

    def _wanted(self, seq: int) -> Wanted:
        article, version, type = self.ledger[seq - 1]
        return Wanted(seq, article, pack(type, article, version, b"[]"))

    def _step(self, replica: str, limit: int, ended: list[tuple[Delivery, Outcome]]) -> None:
        records = [self._judged(delivery, outcome) for delivery, outcome in ended]
        turn = Turn(subscription=self.subscription.id, limit=limit, records=records)
        [state] = self.run(self.lanes.step(self.now, [turn]))
        self._heard(state, replica)
        for record, kept in zip(records, state.kept, strict=True):
            if not kept:
                self.losses[record.delivery.seq] += 1
            elif record.delivery.seq not in self.early and (
                record.kind in ("gave_up", "dropped") or record.due == NEVER
            ):
                self.over.add(record.delivery.seq)
            if kept and record.kind in ("disable", "unwanted"):
                self.gone[record.delivery.seq] += 1
            if kept and record.kind not in ("done", "last"):
                self.failures[record.delivery.seq] += 1

    def _judged(self, delivery: Delivery, outcome: Outcome) -> Record:
        now = self.now / 1000
        if delivery.lost:
            judged = lost(delivery, "msg_1", now)
        else:
            judged = judge(delivery, self.subscription, outcome, "msg_1", now, lambda: 0.5)
        return judged.record._replace(told=told(judged.verdict, now, now, delivery.failures + 1))

    def _heard(self, state: State, replica: str) -> None:
        assert isinstance(state, State), state
        self.status, self.missed = state.status, state.missed_from
        alone = len(state.claimed) - state.bundle
        assert bool(state.bundle) <= bool(self.pacing.digest)
        if state.bundle:
            self._goes_together(state.claimed[alone:])
        elif self.pacing.digest:
            assert all(delivery.type in ALONE for delivery in state.claimed)
        self.requests += [self.now] * (alone + bool(state.bundle))
        for delivery in state.claimed:
            self.flights[replica].append((delivery, self._attempt(delivery)))

    def _goes_together(self, deliveries: list[Delivery]) -> None:
        """A digest is in order, no larger than asked for, without retractions, and the only one on its way."""
        assert self.pacing.digest is not None
        assert len(deliveries) <= self.pacing.digest.items
        assert [each.seq for each in deliveries] == sorted({each.seq for each in deliveries})
        assert all(each.type not in ALONE for each in deliveries)
        for flights in self.flights.values():
            for other, _ in flights:
                alone = other.type in ALONE
                assert alone or self.leased[other.seq, other.fence] <= self.now - PATIENCE.lease, "two digests at once"

    def _goes_alone(self, delivery: Delivery) -> None:
        """Two versions of an article are never on their way at once, unless a lease ran out."""
        flying = [other for flights in self.flights.values() for other, _ in flights]
        for other in flying:
            if other.article_id == delivery.article_id and other.seq != delivery.seq:
                assert self.leased[other.seq, other.fence] <= self.now - PATIENCE.lease, "two at once"
        self.leased[delivery.seq, delivery.fence] = self.now

    def _attempt(self, delivery: Delivery) -> Outcome:
        """Send, as far as the receiver can tell: it takes it or not, whether or not the sender lives to hear of it."""
        article = delivery.article_id
        if delivery.seq in self.early:
            return self._goes_early(delivery)
        # Who drops repeats takes no harm of one that is asked for, whatever came since.
        if not (delivery.seq in self.taken and self.replays[delivery.seq]):
            assert delivery.seq >= self.attempted[article], f"{delivery.seq} came after {self.attempted[article]}"
        self.attempted[article] = max(self.attempted[article], delivery.seq)
        self._goes_alone(delivery)
        self.sent.append((self.now, delivery))
        if delivery.lost:
            assert self.choices.once(delivery.type)
            return OUTCOMES["hanging"]
        self.replaced.update(delivery.supersedes)
        self.flap += 1
        temper = self.temper if self.temper != "flapping" else ("fine", "failing")[self.flap % 2]
        outcome = OUTCOMES[temper]
        if self.choices.once(delivery.type) and outcome is not OUTCOMES["closed"]:
            self.came[delivery.seq] += 1
        if isinstance(outcome, Delivered):
            self.accepted[article] = max(self.accepted[article], delivery.seq)
            self.taken.add(delivery.seq)
        return outcome

    def _goes_early(self, delivery: Delivery) -> Outcome:
        """What is early comes before all that was put in after it, and names nothing of the ledger."""
        article = delivery.article_id
        assert self.accepted[article] <= self.early[delivery.seq], "early after what was released"
        assert self.early_sent[article] <= delivery.seq, "early after a newer one that is early"
        assert (delivery.previous_seq, delivery.supersedes) == (None, ())
        self._goes_alone(delivery)
        self.early_sent[article] = delivery.seq
        return OUTCOMES["hanging" if delivery.lost else self.temper if self.temper != "flapping" else "failing"]


def drive(redis_url: str, count: int, steps: int) -> None:
    """Run so many examples of so many steps, on one connection and loop."""
    loop = asyncio.new_event_loop()
    store = Store(connect(redis_url))
    try:
        loop.run_until_complete(store.do("FLUSHALL"))
        how = settings(examples(count), stateful_step_count=steps, derandomize=count < 100)
        machine: Any = lambda: LaneModel(loop, store)  # noqa: E731  # typed as a class, called as a factory
        run_state_machine_as_test(machine, settings=how)
    finally:
        loop.run_until_complete(store.close())
        loop.close()
