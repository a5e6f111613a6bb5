"""Tells of a subscription's health: in the log, in the metrics, and to the subscriptions that asked to be told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from time import time
from typing import Any, Literal

import structlog

from services.syndication.webhooks.directory import Directory
from services.syndication.webhooks.exhausted import EVERY_SECONDS, TYPE, exhausted_message
from services.syndication.webhooks.lane_replies import State
from services.syndication.webhooks.lanes import Lanes, Wanted, pack
from services.syndication.webhooks.metrics import HEALTH
from services.syndication.webhooks.store import SubscriptionStore
from services.syndication.webhooks.subscriptions import Subscription
from shared.events import to_json
from shared.redis import RedisError
from shared.ticks import Tick
from shared.times import now, rfc3339, rfc3339_of

log = structlog.get_logger()

TELL_SECONDS = 5.0

Change = Literal["created", "updated", "deleted"]
"""What is done to a subscription over the API."""

Announce = Callable[[Change, Subscription], Awaitable[None]]
"""Tells of it who asked to be told."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What the lanes said: `failing`, `disabled` or `recovered`, failing since when (Unix ms), at which revision."""

    kind: str
    since: int
    revision: int


def read_notice(text: str) -> Notice:
    """Read a notice as the lanes write it."""
    kind, since, revision = text.split(" ")
    return Notice(kind, int(since), int(revision))


def about(subject: Subscription) -> dict[str, Any]:
    """Return what a message says of the subscription it is about."""
    return {
        "id": subject.id,
        "description": subject.description,
        "owner": subject.owner,
        "status": subject.status,
        "reason": subject.reason,
    }


def message(subject: Subscription, notice: Notice, disable_ms: int) -> bytes:
    """Return the body of the webhook that tells of a notice; addresses, headers and secrets are not in it."""
    until = rfc3339_of((notice.since + disable_ms) / 1000) if notice.kind == "failing" else None
    data = {"subscription": about(subject), "failing_since": rfc3339_of(notice.since / 1000), "disabled_at": until}
    return to_json({"type": f"subscription.{notice.kind}", "timestamp": rfc3339(now()), "data": data})


class Notices:
    """Passes notices on, at least once, with one webhook id for each; the lanes keep them until they were told."""

    def __init__(
        self,
        *,
        store: SubscriptionStore,
        lanes: Lanes,
        directory: Directory,
        clock: Callable[[], float] = time,
    ) -> None:
        self._store, self._lanes, self._directory, self._clock = store, lanes, directory, clock
        self._waiting: dict[str, str] = {}
        self._exhausted: dict[str, float] = {}
        self.tick = Tick("webhook notices", TELL_SECONDS, self._tell)

    def note(self, states: Iterable[State]) -> None:
        """Have the notices among these states told soon."""
        for state in states:
            if state.notice:
                self._waiting[state.subscription] = state.notice
                self.tick.wake()
            if state.exhausted and state.subscription not in self._exhausted:
                self._exhausted[state.subscription] = 0.0
                self.tick.wake()

    async def announce(self, kind: Change, subject: Subscription) -> None:
        """Tell that a subscription was made, changed or deleted, once that is done; never raises.

        It is put in the lanes of who asked before the change is answered for: killed in between, nobody is told.
        """
        type = f"subscription.{kind}"
        log.info(type, subscription=subject.id, owner=subject.owner, status=subject.status)
        try:
            line = f"{subject.id}:{await self._store.notice_seq()}"
            body = to_json({"type": type, "timestamp": rfc3339(now()), "data": {"subscription": about(subject)}})
            await self._send(subject, type, pack(type, line, int(self._clock() * 1000), body))
        except RedisError as error:
            log.warning("subscription.untold", subscription=subject.id, error=f"{type}: {error}")

    async def _tell(self) -> None:
        while self._waiting:
            id, text = next(iter(self._waiting.items()))
            await self._pass_on(id, text)
            await self._lanes.told(id, text)
            if self._waiting.get(id) == text:
                del self._waiting[id]
        moment = self._clock()
        for id in [id for id, due in self._exhausted.items() if due <= moment]:
            await self._tell_exhausted(id, moment)

    async def _tell_exhausted(self, id: str, now: float) -> None:
        """Tell of deliveries that were given up, unless that was done of this subscription a while ago."""
        found, subject = await self._lanes.exhausted(id), await self._store.get(id)
        if found is None or subject is None:
            del self._exhausted[id]
            return
        due = found.told / 1000 + EVERY_SECONDS
        if due > now:
            self._exhausted[id] = due
            return
        HEALTH.labels("exhausted").inc(found.count)
        last = {name: found.last.get(name) for name in ("seq", "article_id", "version", "status")}
        log.warning(TYPE, subscription=id, count=found.count, **last)
        body = exhausted_message(about(subject), found)
        await self._send(subject, TYPE, pack(TYPE, f"{id}:exhausted", found.since, body))
        await self._lanes.exhausted_told(id, found, int(now * 1000))
        self._exhausted[id] = now + EVERY_SECONDS

    async def _pass_on(self, id: str, text: str) -> None:
        notice = read_notice(text)
        if notice.kind != "failing":
            await self._store.changed(id)  # its status may have changed, which every replica must know
        subject = await self._store.get(id)
        if subject is None:
            return
        HEALTH.labels(notice.kind).inc()
        tell = log.info if notice.kind == "recovered" else log.warning
        tell(
            f"subscription.{notice.kind}", subscription=id, reason=subject.reason, since=rfc3339_of(notice.since / 1000)
        )
        type, body = f"subscription.{notice.kind}", message(subject, notice, self._lanes.patience.disable)
        await self._send(subject, type, pack(type, subject.id, notice.revision, body))

    async def _send(self, subject: Subscription, type: str, packed: bytes) -> None:
        await self._directory.refresh()
        line = packed.split(b" ", 2)[1].decode()
        for watcher in self._directory.watching(type, subject):
            wanted = Wanted(await self._store.notice_seq(), line, packed)
            state = await self._lanes.requeue(0, watcher.id, [wanted])
            await self._lanes.hint([state])
            await self._store.publish()
