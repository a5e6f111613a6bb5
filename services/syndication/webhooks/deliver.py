"""One attempt to deliver one message: signs, posts, and judges the answer; when to try again is not its business."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from services.syndication.webhooks.sign import signatures
from services.syndication.webhooks.subscriptions import Subscription
from shared.http_client import USER_AGENT, Answer, NoAnswer, Session, post
from shared.retry import retry_after_seconds

TIMEOUT = 15.0
"""Seconds for a whole attempt (Standard Webhooks 1.0.0 recommends 15 to 30)."""

KEPT = 16_384
"""Bytes kept of what a receiver answers."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """The receiver answered 2xx."""

    status: int
    ms: float
    body: bytes


@dataclass(frozen=True, slots=True)
class RetryLater:
    """The attempt failed; `after` is what the receiver asked for by Retry-After, in seconds."""

    reason: str
    ms: float
    status: int | None = None
    after: float | None = None
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Disabled:
    """The receiver answered 410 Gone: it wants no more messages."""

    reason: str
    status: int
    ms: float
    body: bytes


Outcome = Delivered | RetryLater | Disabled


async def attempt(session: Session, subscription: Subscription, id: str, body: bytes, now: float) -> Outcome:
    """Send a message signed for Unix time `now` and return what came of it; an endpoint's failure never raises.

    Success is 2xx only; redirects are not followed and fail; 410 disables (Standard Webhooks 1.0.0,
    "Deliverability and reliability").
    """
    timestamp = int(now)
    headers = {
        **dict(subscription.headers),
        "content-type": "application/json",
        "user-agent": USER_AGENT,
        "webhook-id": id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signatures(subscription.keys(now), id, timestamp, body),
    }
    answer = await post(session, subscription.url, body=body, headers=headers, timeout=TIMEOUT, keep=KEPT)
    return judge(answer, now)


def judge(answer: Answer | NoAnswer, now: float) -> Outcome:
    """Return what an answer means for a delivery; `now` is Unix time, for dates in Retry-After."""
    if isinstance(answer, NoAnswer):
        return RetryLater(answer.reason, answer.ms)
    status = answer.status
    if 200 <= status < 300:
        return Delivered(status, answer.ms, answer.body_start)
    if status == 410:
        return Disabled("the receiver answered 410 Gone", status, answer.ms, answer.body_start)
    reason = "redirects are not followed" if 300 <= status < 400 else f"the receiver answered {status}"
    after = retry_after_seconds(answer.headers.get("retry-after"), datetime.fromtimestamp(now, UTC))
    return RetryLater(reason, answer.ms, status, after, answer.body_start)
