"""Makes one attempt at a delivery: finds message and receiver, sends, judges, tells log and metrics; claims nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, get_args

from services.syndication.webhooks.as_sent import kept
from services.syndication.webhooks.deliver import FIRST, Attempt, Outcome, UnsentError
from services.syndication.webhooks.digests import digest, event, fitting
from services.syndication.webhooks.directory import Directory
from services.syndication.webhooks.early.notes import is_early
from services.syndication.webhooks.lane_replies import Delivery
from services.syndication.webhooks.lanes import Record
from services.syndication.webhooks.message import Message
from services.syndication.webhooks.metrics import ACKNOWLEDGED, ATTEMPTS, SUPERSEDED
from services.syndication.webhooks.outcomes import LOST, NOT_KEPT, Judged, Verdict, dropped, judge, lost
from services.syndication.webhooks.prepare import Preparation, Prepared
from services.syndication.webhooks.sent import told
from services.syndication.webhooks.sign import webhook_id
from services.syndication.webhooks.signing_keys import NoSigningKeyError
from services.syndication.webhooks.store import NOTICES_FROM
from services.syndication.webhooks.subscriptions import Subscription
from shared import logs, tracing
from shared.sealing import SealError

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger


_COUNTED = {verdict: ATTEMPTS.labels(verdict) for verdict in get_args(Verdict)}


class Send(Protocol):
    """Sends one message."""

    async def __call__(
        self, subscription: Subscription, message: Message, now: float, attempt: Attempt = FIRST
    ) -> Outcome:
        """Send a message signed for Unix time `now`."""


class Early(Protocol):
    """What is sent ahead of the ledger."""

    async def message(self, delivery: Delivery, subscription: Subscription) -> Message | str:
        """Return what is sent, or why nothing is."""

    async def ended(self, delivery: Delivery, verdict: Verdict) -> None:
        """Note what came of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempts:
    """What an attempt needs beside the delivery itself."""

    directory: Directory
    preparation: Preparation
    early: Early
    send: Send
    random: Callable[[], float]
    clock: Callable[[], float]
    said: list[dict[str, Any]] = field(default_factory=list)

    async def records(
        self, deliveries: Sequence[Delivery], log: FilteringBoundLogger, *, together: bool
    ) -> list[Record] | None:
        """Return what came of one request with one delivery, or with those of a digest; else as `make`."""
        if together:
            ours = [each for each in deliveries if _is_notice(each)]  # put in before digests were asked for
            if ours:
                return [Record(each, "back", int(self.clock() * 1000)) for each in deliveries]
            return await self._together(deliveries, log)
        judged = await self.make(deliveries[0], log)
        return None if judged is None else [judged.record]

    async def _together(self, deliveries: Sequence[Delivery], log: FilteringBoundLogger) -> list[Record] | None:
        found = await asyncio.gather(*(self._prepared(delivery) for delivery in deliveries))
        subscription = self.directory.get(deliveries[0].subscription)
        if subscription is None:
            await self.directory.refresh()
            return None
        now, records = self.clock(), []
        held: list[tuple[Delivery, Message, Prepared]] = []
        for delivery, prepared in zip(deliveries, found, strict=True):
            message = event(subscription, delivery, prepared) if prepared and not delivery.lost else None
            if prepared is not None and message is not None:
                held.append((delivery, message, prepared))
            else:
                id = webhook_id(delivery.subscription, delivery.article_id, delivery.version)
                judged = lost(delivery, id, now) if delivery.lost else dropped(delivery, id, now)
                self._tell(log, delivery, judged, None, prepared)
                kept = judged if prepared is None else self._receipt(delivery, judged, prepared.published)
                records.append(kept.record)
        if not held:
            return records
        count = fitting(message for _, message, _ in held)
        records += [Record(rest, "back", int(now * 1000)) for rest, _, _ in held[count:]]  # they go next
        return records + await self._sent_together(subscription, held[:count], now, log)

    async def _sent_together(
        self,
        subscription: Subscription,
        held: Sequence[tuple[Delivery, Message, Prepared]],
        now: float,
        log: FilteringBoundLogger,
    ) -> list[Record]:
        message = digest(subscription, [(message, prepared) for _, message, prepared in held])
        number = 1 + max(delivery.failures for delivery, _, _ in held)
        attempt = Attempt(number, now - min(prepared.published for _, _, prepared in held))
        outcome = await self._sent(subscription, message, now, attempt, once=subscription.choices.once(held[0][0].type))
        # One moment and one throw of the dice for all: what is due again together goes together.
        begun, now, chance = now, self.clock(), self.random()
        records: list[Record] = []
        for delivery, _, prepared in held:
            if outcome is None:
                judged = lost(delivery, message.id, now)
            else:
                request = kept(subscription, message, delivery, outcome, begun, prepared.named)
                judged = judge(delivery, subscription, outcome, message.id, now, lambda: chance, request)
            self._tell(log, delivery, judged, outcome, prepared)
            record = self._receipt(delivery, judged, prepared.published).record
            records.append(record._replace(counts=not records))
        return records

    async def make(self, delivery: Delivery, log: FilteringBoundLogger) -> Judged | None:
        """Return what came of one attempt; None when the subscription is not known here (yet, or any more).

        A receiver's failure never raises; what raises is our own fault, and counts as no attempt.
        """
        prepared = None if _is_notice(delivery) else await self._prepared(delivery)
        subscription = self.directory.get(delivery.subscription)
        if subscription is None:
            await self.directory.refresh()
            return None
        id, early = id_of(delivery), is_early(delivery)
        if delivery.lost:
            message: Message | str = LOST
        elif early:
            message = await self.early.message(delivery, subscription)
        else:
            message = _message(delivery, subscription, prepared, id)
        now = self.clock()
        outcome: Outcome | None = None
        if isinstance(message, Message):
            attempt = Attempt(delivery.failures + 1, now - prepared.published if prepared else 0.0)
            once = subscription.choices.once(delivery.type)
            outcome = await self._sent(subscription, message, now, attempt, once=once)
        if outcome is not None and isinstance(message, Message):
            named = prepared.named if prepared else None
            request = None if early else kept(subscription, message, delivery, outcome, now, named)
            judged = judge(delivery, subscription, outcome, id, self.clock(), self.random, request)
        elif delivery.lost or isinstance(message, Message):
            judged = lost(delivery, id, now)
        else:
            judged = dropped(delivery, id, now, message)
        if early and judged.verdict != "dropped":
            await self.early.ended(delivery, judged.verdict)
        self._tell(log, delivery, judged, outcome, prepared, message)
        return judged if prepared is None else self._receipt(delivery, judged, prepared.published)

    async def _sent(
        self, subscription: Subscription, message: Message, now: float, attempt: Attempt, *, once: bool
    ) -> Outcome | None:
        """Send; None when that broke off, for what may be on its way is not given back if it is sent but `once`."""
        try:
            return await self.send(subscription, message, now, attempt)
        except (SealError, NoSigningKeyError, UnsentError):
            raise  # it was surely not sent
        except (Exception, asyncio.CancelledError):
            if not once:
                raise
            return None

    def _receipt(self, delivery: Delivery, judged: Judged, published: float) -> Judged:
        """Return what was judged, its record with what is kept for the receipt."""
        what = told(judged.verdict, self.clock(), published, delivery.failures + 1)
        return Judged(judged.verdict, judged.record.telling(what))

    async def _prepared(self, delivery: Delivery) -> Prepared | None:
        prepared = self.preparation.ready(delivery.seq, delivery.article_id, delivery.version)
        if prepared is None:
            prepared = await self.preparation.get(delivery.seq)
        return prepared and await self.preparation.by_now(prepared, self.clock())

    def flush(self) -> None:
        """Log and count what went well since the last time, at once: one by one takes as long as signing it."""
        if self.said:
            _COUNTED["delivered"].inc(len(self.said))
            logs.tell(self.said)
            self.said.clear()

    def _tell(
        self,
        log: FilteringBoundLogger,
        delivery: Delivery,
        judged: Judged,
        outcome: Outcome | None,
        prepared: Prepared | None,
        sent: Message | str = NOT_KEPT,
    ) -> None:
        fields: dict[str, Any] = {
            "event": "delivery.attempted",
            "subscription": delivery.subscription,
            "article_id": delivery.article_id,
            "version": delivery.version,
            "seq": delivery.seq,
            "attempt": delivery.failures + 1,
            "outcome": judged.verdict,
            "correlation_id": prepared.entry.correlation_id if prepared else getattr(sent, "correlation_id", None),
        }
        if source := prepared.source if prepared else getattr(sent, "source", None):
            fields["source"] = source
        if is_early(delivery):
            fields["type"] = delivery.type
        if outcome is not None:
            fields |= {"status": outcome.status, "ms": round(outcome.ms, 2)}
        tracing.told(fields, service="syndication", failed=judged.verdict != "delivered")
        if judged.verdict == "delivered":
            if prepared is not None:
                ACKNOWLEDGED.observe(max(0.0, self.clock() - prepared.published))
            if delivery.supersedes:
                SUPERSEDED.inc(len(delivery.supersedes))
            self.said.append(fields)
        else:
            _COUNTED[judged.verdict].inc()
            why = LOST if judged.verdict == "unknown" else sent
            log.warning(**fields, reason=getattr(outcome, "reason", why))


def id_of(delivery: Delivery) -> str:
    """Return the webhook-id of a delivery that goes alone."""
    kind = delivery.type if is_early(delivery) else ""
    return webhook_id(delivery.subscription, delivery.article_id, delivery.version, kind)


def _message(delivery: Delivery, subscription: Subscription, prepared: Prepared | None, id: str) -> Message | str:
    """Return what is sent of the ledger or as a notice, or why nothing is."""
    if _is_notice(delivery):
        return Message(id, delivery.matched)
    if prepared is None:
        return NOT_KEPT
    asked = delivery.previous_seq, delivery.matched, delivery.supersedes
    return prepared.message(id, subscription.sending_of(delivery.matched), *asked) or NOT_KEPT


def _is_notice(delivery: Delivery) -> bool:
    """Tell whether a delivery is not of an entry of the ledger."""
    return delivery.seq >= NOTICES_FROM
