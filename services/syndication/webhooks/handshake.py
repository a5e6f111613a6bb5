"""Asks a receiver whether it wants CloudEvents from us (HTTP 1.1 Web Hooks for Event Delivery 1.0.2, section 4)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from services.syndication.webhooks.access_tokens import AccessTokens
from services.syndication.webhooks.oauth import NoToken
from services.syndication.webhooks.subscriptions import Subscription
from shared.http_client import Answer, NoAnswer, Session, options
from shared.numbers import whole

SECONDS = 10.0
MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Granted:
    """It does; `rate` is how many a second it takes at most, None for as many as we like."""

    rate: float | None = None


@dataclass(frozen=True, slots=True)
class Denied:
    """It does not, or did not say so; the reason is in words that follow "the receiver"."""

    reason: str


@dataclass(frozen=True, slots=True)
class Consent:
    """Asks on behalf of the publisher at `site`."""

    session: Session
    tokens: AccessTokens
    site: str

    async def __call__(self, subscription: Subscription) -> Subscription | Denied:
        """Return a subscription at the rate that its receiver allows; formats but CloudEvents need no consent."""
        if subscription.sending.format == "standard":
            return subscription
        token = await self.tokens.of(subscription)
        if isinstance(token, NoToken):
            return Denied(f"could not be asked for consent: {token.reason}")
        said = await shake(self.session, subscription, self.site, token)
        if isinstance(said, Denied):
            return said
        pacing = subscription.pacing
        if said.rate is None or (pacing.rate_limit is not None and pacing.rate_limit <= said.rate):
            return subscription
        return replace(subscription, pacing=replace(pacing, rate_limit=said.rate))


async def shake(session: Session, subscription: Subscription, site: str, token: str | None = None) -> Granted | Denied:
    """Ask with OPTIONS on behalf of the publisher at `site`; only an answer that names us, or all, is consent."""
    origin = urlsplit(site).hostname or site
    headers = {**subscription.credentials.sent(token), "webhook-request-origin": origin}
    if subscription.pacing.rate_limit:
        headers["webhook-request-rate"] = str(max(1, round(subscription.pacing.rate_limit * MINUTE)))
    certificate = subscription.credentials.certificate
    answer = await options(session, subscription.url, headers=headers, timeout=SECONDS, certificate=certificate)
    return judged(answer, origin)


def judged(answer: Answer | NoAnswer, origin: str) -> Granted | Denied:
    """Return what an answer to the question means."""
    if isinstance(answer, NoAnswer):
        return Denied(f"could not be asked for consent: {answer.reason}")
    if not 200 <= answer.status < 300:
        return Denied(f"answered {answer.status} to the CloudEvents handshake (OPTIONS)")
    allowed = [name.strip().lower() for name in answer.headers.get("webhook-allowed-origin", "").split(",")]
    if origin.lower() not in allowed and "*" not in allowed:
        return Denied(f"does not name {origin} in WebHook-Allowed-Origin")
    rate = answer.headers.get("webhook-allowed-rate", "*").strip()
    if rate == "*":
        return Granted()
    a_minute = whole(rate, 10**9)
    if not a_minute:
        return Denied("gives a WebHook-Allowed-Rate that is no number")
    return Granted(a_minute / MINUTE)
