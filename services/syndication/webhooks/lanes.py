"""The lanes of each subscription: what is due, on its way, and behind what; decides nothing about outcomes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from services.syndication.webhooks.scripts import ACTIVATE, ENQUEUE, HINT, PEEK, REQUEUE, STEP
from services.syndication.webhooks.store import DUE_KEY, REVISIONS_KEY, run_all
from shared.redis import Argument, Store

LEASE_MS = 10_000
"""A killed replica's deliveries are sent again by another after so long."""

MOST_PENDING = 50_000
"""Beyond so many waiting for one receiver the rest is left to replay; previous_seq shows the gap."""

CAP = 64
"""Deliveries on their way to one subscription at once, over all replicas."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One ledger entry on its way to one subscription; `fence` tells this claim from later ones.

    `matched` is a JSON array; `previous_seq` is None for the first entry a subscription ever matched.
    """

    subscription: str
    seq: int
    fence: int
    failures: int
    previous_seq: int | None
    type: str
    article_id: str
    version: int
    matched: bytes


@dataclass(frozen=True, slots=True)
class Wanted:
    """One ledger entry for one subscription, to be put in its lane."""

    seq: int
    article_id: str
    packed: bytes


def pack(type: str, article_id: str, version: int, matched: bytes) -> bytes:
    """Return what an item keeps; `matched` is a JSON array."""
    return b"%s %s %d %s" % (type.encode(), article_id.encode(), version, matched)


@dataclass(frozen=True, slots=True)
class Record:
    """What became of a delivery: `due` in Unix ms for retry, disable and back; `log` is JSON or empty."""

    delivery: Delivery
    kind: Literal["done", "retry", "disable", "back"]
    due: int = 0
    log: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Everything there is to say to one subscription's lanes at once."""

    subscription: str
    limit: int = 0
    cap: int = CAP
    records: Sequence[Record] = ()
    renewals: Sequence[Delivery] = ()


@dataclass(frozen=True, slots=True)
class State:
    """What the lanes answered: when to look again (Unix ms, None: when something comes), and what was claimed.

    `kept` says of each record whether it counted; `gone` that there is no such subscription any more.
    """

    subscription: str
    due: int | None
    revision: int
    claimed: list[Delivery]
    kept: list[bool]
    status: str

    @property
    def gone(self) -> bool:
        """Tell whether the subscription has been deleted."""
        return self.revision < 0


def keys(subscription: str) -> list[str]:
    """Return the keys of a subscription's lanes, all in one hash slot, settings first."""
    base = f"{{s:{subscription}}}"
    return [base, f"{base}:queue", f"{base}:flight", f"{base}:items", f"{base}:lanes", f"{base}:log"]


class Lanes:
    """Asks many subscriptions' lanes in one round trip; an answer may be the RedisError of that one alone."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def enqueue(
        self, now: int, wanted: Iterable[tuple[str, Sequence[Wanted], int]], cap: int = CAP
    ) -> list[State | Exception]:
        """Put entries in lanes, in order of seq, and claim up to so many of each; what was put before stays."""
        calls: list[tuple[str, list[Argument]]] = []
        for subscription, entries, limit in wanted:
            arguments: list[Argument] = [now, limit, LEASE_MS, cap, MOST_PENDING]
            for entry in entries:
                arguments += _seq(entry.seq), entry.article_id, entry.packed
            calls.append((subscription, arguments))
        replies = await run_all(self._store, ENQUEUE, [(keys(id), arguments) for id, arguments in calls])
        return [_state(id, reply) for (id, _), reply in zip(calls, replies, strict=True)]

    async def step(self, now: int, turns: Sequence[Turn]) -> list[State | Exception]:
        """Record, renew and claim, each subscription in one atomic step."""
        calls = [(keys(turn.subscription), _step(now, turn)) for turn in turns]
        replies = await run_all(self._store, STEP, calls)
        return [_state(turn.subscription, reply) for turn, reply in zip(turns, replies, strict=True)]

    async def requeue(self, now: int, subscription: str, wanted: Sequence[tuple[Wanted, int | None]]) -> State:
        """Put entries in again, each with its previous seq, unless they are waiting already. Raises RedisError."""
        arguments: list[Argument] = [now, CAP]
        for entry, previous in wanted:
            arguments += _seq(entry.seq), entry.article_id, entry.packed, _seq(previous or 0)
        return _read(subscription, await self._store.run(REQUEUE, keys=keys(subscription), args=arguments))

    async def activate(self, subscription: str) -> State:
        """Make a subscription active, and everything that waited due now. Raises RedisError."""
        return _read(subscription, await self._store.run(ACTIVATE, keys=keys(subscription), args=[CAP]))

    async def peek(self, subscriptions: Sequence[str]) -> list[State | Exception]:
        """Say when each is due; changes nothing."""
        replies = await run_all(self._store, PEEK, [(keys(id), [CAP]) for id in subscriptions])
        return [_state(id, reply) for id, reply in zip(subscriptions, replies, strict=True)]

    async def hint(self, states: Iterable[State]) -> None:
        """Tell every replica when these subscriptions are due next. Raises RedisError."""
        arguments: list[Argument] = []
        for state in states:
            arguments += state.subscription, -1 if state.due is None else state.due, state.revision
        if arguments:
            await self._store.run(HINT, keys=[DUE_KEY, REVISIONS_KEY], args=arguments)

    async def log(self, subscription: str, before: str | None, limit: int) -> list[tuple[str, bytes]]:
        """Return attempts, newest first, as (entry id, JSON), those older than entry `before`. Raises RedisError."""
        until = "+" if before is None else f"({before}"
        found = await self._store.do("XREVRANGE", keys(subscription)[-1], until, "-", "COUNT", limit)
        return [(id.decode(), fields[b"attempt"]) for id, fields in found]


def _step(now: int, turn: Turn) -> list[Argument]:
    arguments: list[Argument] = [now, turn.limit, LEASE_MS, turn.cap, len(turn.records)]
    for record in turn.records:
        delivery = record.delivery
        arguments += _seq(delivery.seq), delivery.fence, record.kind, record.due, delivery.article_id, record.log
    for delivery in turn.renewals:
        arguments += _seq(delivery.seq), delivery.fence
    return arguments


def _seq(seq: int) -> str:
    return f"{seq:012d}"


def _state(subscription: str, reply: Any) -> State | Exception:
    return reply if isinstance(reply, Exception) else _read(subscription, reply)


def _read(subscription: str, reply: Any) -> State:
    due, revision, claimed, kept, status = reply
    pairs = zip(claimed[::2], claimed[1::2], strict=True)
    return State(
        subscription,
        None if int(due) < 0 else int(due),
        revision,
        [_delivery(subscription, seq, item) for seq, item in pairs],
        [bool(each) for each in kept],
        status.decode(),
    )


def _delivery(subscription: str, seq: bytes, item: bytes) -> Delivery:
    fence, failures, previous, type, article_id, version, matched = item.split(b" ", 6)
    return Delivery(
        subscription=subscription,
        seq=int(seq),
        fence=int(fence),
        failures=int(failures),
        previous_seq=int(previous) or None,
        type=type.decode(),
        article_id=article_id.decode(),
        version=int(version),
        matched=matched,
    )
