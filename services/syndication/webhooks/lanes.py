"""The lanes of each subscription: what is due, on its way, and behind what; decides nothing about outcomes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from random import random
from typing import Literal, NamedTuple

from services.syndication.webhooks.exhausted import Exhausted, read_exhausted
from services.syndication.webhooks.lane_exhausted import EXHAUSTED_TOLD
from services.syndication.webhooks.lane_replies import Delivery, State, read_state, state_or_error
from services.syndication.webhooks.lane_scripts import TOLD, lane_scripts
from services.syndication.webhooks.pacing import PATIENCE, Patience
from services.syndication.webhooks.scripts import HINT
from services.syndication.webhooks.store import DUE_KEY, REVISIONS_KEY
from shared.redis import Argument, Script, Store

NO_CAP = 1 << 20
"""For who leaves it to the subscription's own window how many are under way."""

NO_CAPS: Mapping[str, int] = {}
NOTHING_NEWER: Mapping[str, Sequence[int]] = {}
ALL_SEEN = 10**12

SPREAD = 0.2
"""Pauses vary by so much, that receivers which failed together are not probed together."""


class Wanted(NamedTuple):
    """One ledger entry for one subscription, to be put in its lane."""

    seq: int
    article_id: str
    packed: bytes


def pack(type: str, article_id: str, version: int, matched: bytes) -> bytes:
    """Return what an item keeps; `matched` is a JSON array."""
    return b"%s %s %d %s" % (type.encode(), article_id.encode(), version, matched)


NEVER = -1

Kind = Literal["done", "last", "retry", "gave_up", "disable", "unwanted", "back", "dropped"]


class Record(NamedTuple):
    """What became of a delivery: `due` in Unix ms for retry, disable and back, NEVER to end it; `log` is JSON or empty.

    retry and gave_up are failures of the receiver, back and dropped are not. disable (410), unwanted and last, which
    was taken, stand the lane still. `hold` is given where it is overloaded: until when (Unix ms) it wants nothing at
    all, 0 when it did not say. `told` is what the receipt says of it. What went in one request counts once for the
    receiver's health: `counts` is False of all but the first.
    """

    delivery: Delivery
    kind: Kind
    due: int = 0
    log: bytes = b""
    hold: int | None = None
    told: bytes = b""
    counts: bool = True

    def telling(self, told: bytes) -> Record:
        """Return it with what the receipt says; `_replace` takes three times as long, at every attempt."""
        return Record(self.delivery, self.kind, self.due, self.log, self.hold, told, self.counts)


class Turn(NamedTuple):
    """Everything there is to say to one subscription's lanes at once."""

    subscription: str
    limit: int = 0
    cap: int = NO_CAP
    records: Sequence[Record] = ()
    renewals: Sequence[Delivery] = ()


_PARTS = ("", ":queue", ":urgent", ":flight", ":items", ":lanes", ":skipped", ":log")


def keys(subscription: str) -> list[str]:
    """Return the keys of a subscription's lanes, all in one hash slot, settings first and the log last."""
    base = f"{{s:{subscription}}}"
    return [base + part for part in _PARTS]


class Lanes:
    """Asks many subscriptions' lanes in one round trip; an answer may be the RedisError of that one alone."""

    def __init__(self, store: Store, patience: Patience = PATIENCE, spread: Callable[[], float] = random) -> None:
        self.patience = patience
        self._store, self._scripts, self._random = store, lane_scripts(patience), spread

    async def enqueue(
        self, now: int, wanted: Iterable[tuple[str, Sequence[Wanted], int]], caps: Mapping[str, int] = NO_CAPS
    ) -> list[State | Exception]:
        """Put entries in lanes, in order of seq, and claim up to so many of each; what was put before stays.

        `caps` are those of subscriptions that may have fewer under way than their windows say.
        """
        spread, calls = self._spread(), []
        for subscription, entries, limit in wanted:
            calls.append((subscription, [now, spread, limit, caps.get(subscription, NO_CAP), *_flat(entries)]))
        replies = await self._store.all(self._scripts.enqueue, [(keys(id), args) for id, args in calls])
        return [state_or_error(id, reply) for (id, _), reply in zip(calls, replies, strict=True)]

    async def catch_up(self, now: int, subscription: str, since: int, after: int, found: Sequence[Wanted]) -> State:
        """Put in what was missed from seq `since` on and is before seq `after`, as much as fits. Raises RedisError.

        Does nothing when the lanes no longer miss what comes from `since` on.
        """
        arguments: list[Argument] = [now, self._spread(), NO_CAP, _seq(since), _seq(after), *_flat(found)]
        return await self._run(self._scripts.catch_up, subscription, arguments)

    async def step(self, now: int, turns: Sequence[Turn]) -> list[State | Exception]:
        """Record, renew and claim, each subscription in one atomic step."""
        # Each its own: those that failed in one round would be probed together else.
        calls = [(keys(turn.subscription), _step(now, self._spread(), turn)) for turn in turns]
        replies = await self._store.all(self._scripts.step, calls)
        return [state_or_error(turn.subscription, reply) for turn, reply in zip(turns, replies, strict=True)]

    async def requeue(
        self,
        now: int,
        subscription: str,
        wanted: Sequence[Wanted],
        *,
        previous: int | None = None,
        newer: Mapping[str, Sequence[int]] = NOTHING_NEWER,
        seen: int = ALL_SEEN,
    ) -> State:
        """Put entries in again, after seq `previous`; `kept` says of each whether it goes. Raises RedisError.

        What waits already stays; what would come after something newer of its article is left out. `newer` are the
        seqs of articles, the newest first, as the ledger has them up to seq `seen`; when more was dispatched by now,
        `kept` is empty.
        """
        arguments: list[Argument] = [now, self._spread(), NO_CAP, _seq(previous or 0), seen, len(newer)]
        for article_id, seqs in newer.items():
            arguments += article_id, ",".join(map(_seq, seqs))
        return await self._run(self._scripts.requeue, subscription, [*arguments, *_flat(wanted)])

    async def lead(self, now: int, subscription: str, wanted: Wanted) -> State:
        """Put in what goes out before its article is in the ledger, in place of what waits of that. Raises RedisError.

        `kept` is False where something that is in the ledger is still to go: it is to be put in again later.
        """
        arguments: list[Argument] = [now, self._spread(), NO_CAP, _seq(wanted.seq), wanted.article_id, wanted.packed]
        return await self._run(self._scripts.early, subscription, arguments)

    async def hasten(self, now: int, subscription: str) -> State:
        """Have all that waits for its next try go now; `kept` has one for each. Raises RedisError."""
        return await self._run(self._scripts.hasten, subscription, [now, self._spread(), NO_CAP])

    async def moved(self, now: int, subscription: str) -> State:
        """Have all that waits for its next try go now, for it goes to another receiver. Raises RedisError."""
        return await self._run(self._scripts.moved, subscription, [now, self._spread(), NO_CAP])

    async def activate(self, subscription: str) -> State:
        """Make a subscription active, its failures forgotten, and everything that waited due now. Raises RedisError."""
        return await self._run(self._scripts.activate, subscription, [0, self._spread(), NO_CAP])

    async def repace(self, now: int, subscription: str) -> State:
        """Have what waits by an earlier pace go by the one that is asked for by now. Raises RedisError."""
        return await self._run(self._scripts.repace, subscription, [now, self._spread(), NO_CAP])

    async def peek(self, subscriptions: Sequence[str]) -> list[State | Exception]:
        """Say when each is due, and what about it is still untold; changes nothing."""
        calls = [(keys(id), [0, 1, NO_CAP]) for id in subscriptions]
        replies = await self._store.all(self._scripts.peek, calls)
        return [state_or_error(id, reply) for id, reply in zip(subscriptions, replies, strict=True)]

    async def told(self, subscription: str, notice: str) -> None:
        """Take note that a notice was passed on, and is not to be told again. Raises RedisError."""
        await self._store.run(TOLD, keys=keys(subscription)[:1], args=[notice])

    async def exhausted(self, subscription: str) -> Exhausted | None:
        """Return what is to be told of deliveries that were given up. Raises RedisError."""
        return read_exhausted(await self._store.do("HGET", keys(subscription)[0], "exhausted"))

    async def exhausted_told(self, subscription: str, exhausted: Exhausted, now: int) -> None:
        """Take note that this was told at `now`, and is not to be told again. Raises RedisError."""
        arguments = [exhausted.since, exhausted.count, now]
        await self._store.run(EXHAUSTED_TOLD, keys=keys(subscription)[:1], args=arguments)

    async def _run(self, script: Script, subscription: str, arguments: Sequence[Argument]) -> State:
        return read_state(subscription, await self._store.run(script, keys=keys(subscription), args=arguments))

    def _spread(self) -> str:
        return f"{1 + SPREAD * (2 * self._random() - 1):.3f}"

    async def hint(self, states: Iterable[State]) -> None:
        """Tell every replica when these subscriptions are due next. Raises RedisError."""
        arguments: list[Argument] = []
        for state in states:
            arguments += state.subscription, -1 if state.due is None else state.due, state.revision
        if arguments:
            await self._store.run(HINT, keys=[DUE_KEY, REVISIONS_KEY], args=arguments)


def _flat(entries: Iterable[Wanted]) -> Iterable[Argument]:
    for entry in entries:
        yield _seq(entry.seq)
        yield entry.article_id
        yield entry.packed


def _step(now: int, spread: str, turn: Turn) -> list[Argument]:
    arguments: list[Argument] = [now, spread, turn.limit, turn.cap, len(turn.records)]
    for record in turn.records:
        delivery = record.delivery
        hold = -1 if record.hold is None else record.hold
        kind = record.kind if record.counts else f"{record.kind}+"
        arguments += _seq(delivery.seq), delivery.fence, kind, record.due, hold, record.log, record.told
    for delivery in turn.renewals:
        arguments += _seq(delivery.seq), delivery.fence
    return arguments


def _seq(seq: int) -> str:
    return f"{seq:012d}"
