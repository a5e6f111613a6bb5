"""Tells of a subscription's health: in the log, in the metrics, and to the subscriptions that asked to be told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from services.syndication.webhooks.directory import Directory
from services.syndication.webhooks.lanes import Lanes, State, Wanted, pack
from services.syndication.webhooks.metrics import HEALTH
from services.syndication.webhooks.store import SubscriptionStore
from services.syndication.webhooks.subscriptions import Subscription
from shared.events import to_json
from shared.ticks import Tick
from shared.times import now, rfc3339

log = structlog.get_logger()

TELL_SECONDS = 5.0


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


def message(subject: Subscription, notice: Notice, disable_ms: int) -> bytes:
    """Return the body of the webhook that tells of a notice; addresses, headers and secrets are not in it."""
    told = {
        "id": subject.id,
        "description": subject.description,
        "owner": subject.owner,
        "status": subject.status,
        "reason": subject.reason,
    }
    until = _rfc3339(notice.since + disable_ms) if notice.kind == "failing" else None
    data = {"subscription": told, "failing_since": _rfc3339(notice.since), "disabled_at": until}
    return to_json({"type": f"subscription.{notice.kind}", "timestamp": rfc3339(now()), "data": data})


class Notices:
    """Passes notices on, at least once, with one webhook id for each; the lanes keep them until they were told."""

    def __init__(self, *, store: SubscriptionStore, lanes: Lanes, directory: Directory) -> None:
        self._store, self._lanes, self._directory = store, lanes, directory
        self._waiting: dict[str, str] = {}
        self.tick = Tick("webhook notices", TELL_SECONDS, self._tell)

    def note(self, states: Iterable[State]) -> None:
        """Have the notices among these states told soon."""
        for state in states:
            if state.notice:
                self._waiting[state.subscription] = state.notice
                self.tick.wake()

    async def _tell(self) -> None:
        while self._waiting:
            id, text = next(iter(self._waiting.items()))
            await self._pass_on(id, text)
            await self._lanes.told(id, text)
            if self._waiting.get(id) == text:
                del self._waiting[id]

    async def _pass_on(self, id: str, text: str) -> None:
        notice = read_notice(text)
        if notice.kind != "failing":
            await self._store.changed(id)  # its status may have changed, which every replica must know
        subject = await self._store.get(id)
        if subject is None:
            return
        HEALTH.labels(notice.kind).inc()
        tell = log.info if notice.kind == "recovered" else log.warning
        tell(f"subscription.{notice.kind}", subscription=id, reason=subject.reason, since=_rfc3339(notice.since))
        await self._send(subject, notice)

    async def _send(self, subject: Subscription, notice: Notice) -> None:
        await self._directory.refresh()
        type, body = f"subscription.{notice.kind}", message(subject, notice, self._lanes.patience.disable)
        packed = pack(type, subject.id, notice.revision, body)
        for watcher in self._directory.watching(type, subject):
            wanted = Wanted(await self._store.notice_seq(), subject.id, packed)
            state = await self._lanes.requeue(0, watcher.id, [(wanted, None)])
            await self._lanes.hint([state])
            await self._store.publish()


def _rfc3339(ms: int) -> str:
    return rfc3339(datetime.fromtimestamp(ms / 1000, UTC))
