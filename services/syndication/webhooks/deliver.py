"""One attempt to deliver one message: signs, posts, and judges the answer; when to try again is not its business."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.syndication.webhooks.access_tokens import AccessTokens
from services.syndication.webhooks.formats import Written, written
from services.syndication.webhooks.message import Message
from services.syndication.webhooks.oauth import NoToken
from services.syndication.webhooks.sign import signatures
from services.syndication.webhooks.signing_keys import SigningKeys
from services.syndication.webhooks.subscriptions import Subscription
from shared.http_client import USER_AGENT, Answer, NoAnswer, Session, post
from shared.retry import retry_after_seconds

TIMEOUT = 15.0
"""Seconds for a whole attempt (Standard Webhooks 1.0.0 recommends 15 to 30)."""

CONTROL = "webhook-delivery"
"""The header by which a receiver says `disable` or `abort-message`; anything else in it means nothing."""

UNWANTED = "the receiver asks for no more messages"

ENDED = "it ended while an access token was fetched"

UNAUTHORIZED = 401

KEPT = 16_384
"""Bytes kept of what a receiver answers."""


class UnsentError(RuntimeError):
    """An attempt at a delivery that is made at most once broke off before anything went to the receiver."""


class Delivered(NamedTuple):
    """The receiver answered 2xx; `last` when it wants no more messages."""

    status: int
    ms: float
    body: bytes
    last: bool = False


@dataclass(frozen=True, slots=True)
class RetryLater:
    """The attempt failed; `after` is what the receiver asked for by Retry-After, in seconds.

    `unsent` when it is sure that the receiver has got nothing.
    """

    reason: str
    ms: float
    status: int | None = None
    after: float | None = None
    body: bytes = b""
    unsent: bool = False


@dataclass(frozen=True, slots=True)
class Disabled:
    """The receiver failed and wants no more messages: it answered 410 Gone, or said so by a header."""

    reason: str
    status: int
    ms: float
    body: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """The receiver failed and said by a header that it wants this message never again."""

    reason: str
    status: int
    ms: float
    body: bytes


Outcome = Delivered | RetryLater | Disabled | Refused


class Attempt(NamedTuple):
    """Which attempt at a message this is, from 1, and how many seconds after its event it is made."""

    number: int = 1
    queued: float = 0.0


FIRST = Attempt()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """What sending needs beside the message: the session, which guards connections, tokens, the publisher's keys."""

    session: Session
    tokens: AccessTokens
    signing_keys: SigningKeys
    site: str

    async def __call__(
        self, subscription: Subscription, message: Message, now: float, attempt: Attempt = FIRST
    ) -> Outcome:
        """Send a message signed for Unix time `now` and return what came of it; an endpoint's failure never raises.

        Success is 2xx only; redirects are not followed and fail; 410 disables (Standard Webhooks 1.0.0,
        "Deliverability and reliability"), and so does the header `webhook-delivery: disable`. Raises SealError,
        NoSigningKeyError: it cannot be signed now; UnsentError.
        """
        request = self.request(subscription, message, now, attempt)
        grant = subscription.credentials.grant
        token = None if grant is None else await self._token(subscription, message)
        if isinstance(token, NoToken):
            return RetryLater(token.reason, token.ms, after=token.after, unsent=True)
        answer = await self._posted(subscription, request, token)
        if token is not None and isinstance(answer, Answer) and answer.status == UNAUTHORIZED:
            self.tokens.refused(subscription, token)
            if subscription.choices.delivery == "at-least-once":
                again = await self._token(subscription, message)  # fetched: what may go is looked at again
                if isinstance(again, str) and again != token:
                    answer = await self._posted(subscription, request, again)
        return judge(answer, now)

    def request(self, subscription: Subscription, message: Message, now: float, attempt: Attempt = FIRST) -> Written:
        """Return what is sent, signed for Unix time `now`, but for what the receiver asks to be shown.

        Raises SealError, NoSigningKeyError.
        """
        timestamp, form = int(now), written(message, subscription.sending.format, self.site)
        headers = {
            **form.headers,
            "user-agent": USER_AGENT,
            "webhook-id": message.id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signatures(self.keys(subscription, now), message.id, timestamp, form.body),
            "wireroom-attempt": str(attempt.number),
            "wireroom-queued-ms": str(max(0, round(attempt.queued * 1000))),
        }
        if message.embargoed_until is not None:
            headers["wireroom-embargoed-until"] = message.embargoed_until
        return Written(form.body, headers)

    async def _token(self, subscription: Subscription, message: Message) -> str | NoToken | None:
        """Return what `AccessTokens.of` does; NoToken as well where it took so long that the message may not go."""
        try:
            token = await self.tokens.of(subscription)
            # Its endpoint may take ten seconds: what was looked at before may have ended meanwhile.
            if isinstance(token, str) and message.still is not None and not await message.still():
                return NoToken(ENDED, 0.0)
        except (Exception, asyncio.CancelledError) as error:
            if subscription.choices.delivery == "at-least-once":
                raise
            # Else it were taken for one that may have arrived, and never sent.
            raise UnsentError(f"no access token: {type(error).__name__}") from error
        return token

    def _posted(
        self, subscription: Subscription, request: Written, token: str | None
    ) -> Coroutine[Any, Any, Answer | NoAnswer]:
        credentials = subscription.credentials
        shown = credentials.sent(token)
        return post(
            self.session,
            subscription.url,
            body=request.body,
            headers={**shown, **request.headers} if shown else request.headers,
            timeout=TIMEOUT,
            keep=KEPT,
            certificate=credentials.certificate,
        )

    def keys(self, subscription: Subscription, now: float) -> Sequence[bytes | Ed25519PrivateKey]:
        """Return the keys that sign for a receiver at Unix time `now`. Raises SealError, NoSigningKeyError."""
        match subscription.sending.signing:
            case "v1":
                return subscription.keys(now)
            case "v1a":
                return self.signing_keys.signing(now)
            case "both":
                return [*subscription.keys(now), *self.signing_keys.signing(now)]


def judge(answer: Answer | NoAnswer, now: float) -> Outcome:
    """Return what an answer means for a delivery; `now` is Unix time, for dates in Retry-After."""
    if isinstance(answer, NoAnswer):
        return RetryLater(answer.reason, answer.ms, unsent=answer.unsent)
    status, wish = answer.status, answer.headers.get(CONTROL, "").strip().lower()
    if 200 <= status < 300:
        return Delivered(status, answer.ms, answer.body_start, last=wish == "disable")
    if status == 410:
        return Disabled("the receiver answered 410 Gone", status, answer.ms, answer.body_start)
    if wish == "disable":
        return Disabled(UNWANTED, status, answer.ms, answer.body_start)
    if wish == "abort-message":
        return Refused(f"the receiver answered {status} and aborts this message", status, answer.ms, answer.body_start)
    reason = "redirects are not followed" if 300 <= status < 400 else f"the receiver answered {status}"
    after = retry_after_seconds(answer.headers.get("retry-after"), datetime.fromtimestamp(now, UTC))
    return RetryLater(reason, answer.ms, status, after, answer.body_start)
