"""Says what an attempt's outcome means for its lane, and writes it down for the log; pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

import orjson

from services.syndication.webhooks.choices import TAKES_BACK
from services.syndication.webhooks.deliver import Delivered, Disabled, Outcome, Refused, RetryLater
from services.syndication.webhooks.lane_replies import Delivery
from services.syndication.webhooks.lanes import NEVER, Kind, Record
from services.syndication.webhooks.subscriptions import Subscription
from shared.retry import DAY, delay_after, urgent

Verdict = Literal["delivered", "retry", "disabled", "gave_up", "refused", "dropped", "unknown"]

GONE = 410

OVERLOADED = frozenset((429, 502, 503, 504))
"""Answers that slow the whole lane; so does none at all."""

NOT_KEPT = "the article is no longer kept"
LOST = "the sender was lost while it was on its way"
"""Why there was no outcome of an attempt."""

SHOWN_ON_SUCCESS = 512
"""Bytes kept of the answer to a delivery that succeeded; of failures all that was read is kept."""


class Judged(NamedTuple):
    """What an attempt came to, and the record that says so to the lane."""

    verdict: Verdict
    record: Record


def judge(
    delivery: Delivery,
    subscription: Subscription,
    outcome: Outcome,
    id: str,
    now: float,
    random: Callable[[], float],
    request: Mapping[str, Any] | None = None,
) -> Judged:
    """Return what follows from an outcome at Unix time `now`: the lane goes on, waits, or stands still.

    `request` is what the log is to keep of what was sent.
    """

    def log(verdict: Verdict, due: float | None = None) -> bytes:
        return _entry(delivery, outcome, verdict, id, now, due, request)

    if isinstance(outcome, Delivered):
        return Judged("delivered", Record(delivery, "last" if outcome.last else "done", 0, log("delivered")))
    once = subscription.choices.once(delivery.type)
    if isinstance(outcome, Disabled):
        kind: Kind = "disable" if outcome.status == GONE else "unwanted"
        return Judged("disabled", Record(delivery, kind, NEVER if once else int(now * 1000), log("disabled")))
    if isinstance(outcome, Refused):
        return Judged("refused", Record(delivery, "dropped", 0, log("refused")))
    schedule = urgent(subscription.schedule) if delivery.type in TAKES_BACK else subscription.schedule
    wait, hold = delay_after(schedule, delivery.failures + 1, outcome.after, random), _hold(outcome, now)
    if wait is None or (once and not outcome.unsent):
        verdict: Verdict = "gave_up" if outcome.unsent or outcome.status is not None or not once else "unknown"
        return Judged(verdict, Record(delivery, "gave_up", 0, log(verdict), hold))
    due = now + wait
    return Judged("retry", Record(delivery, "retry", int(due * 1000), log("retry", due), hold))


def _hold(outcome: RetryLater, now: float) -> int | None:
    """Return until when (Unix ms) an overloaded receiver wants nothing, 0 when it did not say, None when it is not."""
    if outcome.status is not None and outcome.status not in OVERLOADED:
        return None
    return int((now + min(outcome.after, DAY)) * 1000) if outcome.after else 0


def dropped(delivery: Delivery, id: str, now: float, reason: str = NOT_KEPT) -> Judged:
    """Return what follows when there is nothing to send: its lane goes on, and the log says why."""
    return _ended(delivery, id, now, "dropped", reason)


def lost(delivery: Delivery, id: str, now: float) -> Judged:
    """Return what follows when nobody knows whether it was sent, and it may not be sent twice."""
    return _ended(delivery, id, now, "unknown", LOST)


def _ended(delivery: Delivery, id: str, now: float, verdict: Verdict, reason: str) -> Judged:
    known = {**_of(delivery, id, now), "outcome": verdict, "reason": reason}
    return Judged(verdict, Record(delivery, "dropped", 0, orjson.dumps(known)))


def _entry(
    delivery: Delivery,
    outcome: Outcome,
    verdict: Verdict,
    id: str,
    now: float,
    due: float | None,
    request: Mapping[str, Any] | None,
) -> bytes:
    well = isinstance(outcome, Delivered)
    entry = _of(delivery, id, now)
    entry["outcome"] = verdict
    entry["status"] = outcome.status
    entry["reason"] = None if isinstance(outcome, Delivered) else outcome.reason
    entry["ms"] = round(outcome.ms, 2)
    entry["next_attempt"] = due
    entry["body"] = outcome.body[: SHOWN_ON_SUCCESS if well else None].decode("utf-8", "replace")
    if request:
        entry["request"] = request
    return orjson.dumps(entry)


def _of(delivery: Delivery, id: str, now: float) -> dict[str, Any]:
    known = {
        "at": now,
        "webhook_id": id,
        "seq": delivery.seq,
        "type": delivery.type,
        "article_id": delivery.article_id,
        "version": delivery.version,
        "attempt": delivery.failures + 1,
    }
    if delivery.supersedes:
        known["supersedes"] = delivery.supersedes
    return known
