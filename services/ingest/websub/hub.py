"""Asks a hub to subscribe us or to let us go; what follows from its answer is left to the subscriber."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from services.ingest.websub.subscription import LEASE_SECONDS, Subscription
from shared.http_client import Answer, NoAnswer, redirect_target
from shared.netguard import NotAWebAddress, web_address
from shared.problems import phrase

Mode = Literal["subscribe", "unsubscribe"]
Post = Callable[..., Awaitable[Answer | NoAnswer]]
"""The client's `post`, with its session given."""

SECONDS = 10.0
REDIRECTS = 3
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/plain, */*;q=0.1"}


@dataclass(frozen=True, slots=True)
class Heard:
    """The hub has taken the request; it asks back whether it was ours."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The hub has not taken it, and why, in words."""

    reason: str


async def asked(post: Post, mode: Mode, subscription: Subscription, callback: str) -> Heard | Refused:
    """Send the request (WebSub section 5.1); 307 and 308 are followed, as a hub may move. Never raises."""
    form = {"hub.mode": mode, "hub.topic": subscription.topic, "hub.callback": callback}
    if mode == "subscribe":
        form |= {"hub.secret": subscription.secret, "hub.lease_seconds": str(LEASE_SECONDS)}
    body = urlencode(form).encode()
    try:
        hop = web_address(subscription.hub)
        for _ in range(REDIRECTS + 1):
            answer = await post(str(hop), body=body, headers=FORM, timeout=SECONDS, keep=0)
            if isinstance(answer, NoAnswer):
                return Refused(f"the hub did not answer: {answer.reason}")
            if answer.status not in (307, 308) or "location" not in answer.headers:
                return _judged(answer.status)
            hop = redirect_target(hop, answer.headers["location"])
    except NotAWebAddress as error:
        return Refused(f"the hub's address {error}")
    return Refused(f"the hub redirects more than {REDIRECTS} times")


def _judged(status: int) -> Heard | Refused:
    return Heard() if 200 <= status < 300 else Refused(f"the hub answered {status} {phrase(status)}")
