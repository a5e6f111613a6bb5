"""Fetches access tokens for deliveries and keeps them in memory until they end; one fetch a receiver at a time."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic, time

from services.syndication.webhooks.oauth import KEPT, Grant, NoToken, Token, read
from services.syndication.webhooks.subscriptions import Subscription
from shared.http_client import Session, post

SECONDS = 10.0
"""For a token endpoint to answer."""

FAILED_SECONDS = 2.0
"""So long a failure is the answer to all who ask, that deliveries which wait together do not ask one by one."""

MOST = 10_000
"""Receivers whose tokens are kept."""


@dataclass(slots=True)
class _Known:
    grant: Grant
    told: Token | NoToken | None = None
    until: float = 0.0
    fetching: asyncio.Lock = field(default_factory=asyncio.Lock)


class AccessTokens:
    """The tokens of one process; other replicas have their own."""

    def __init__(self, session: Session, clock: Callable[[], float] = monotonic) -> None:
        self._session, self._clock = session, clock
        self._known: OrderedDict[str, _Known] = OrderedDict()

    async def of(self, subscription: Subscription) -> str | NoToken | None:
        """Return the token to show to a receiver, None when it asks for none; an endpoint's failure never raises."""
        grant = subscription.credentials.grant
        if grant is None:
            return None
        known = self._of(subscription.id, grant)
        if known.told is None or self._clock() >= known.until:
            # Who waits here finds what the one before fetched; were that one cancelled, the next fetches.
            async with known.fetching:
                if known.told is None or self._clock() >= known.until:
                    known.told = await self._fetched(grant)
                    seconds = known.told.seconds if isinstance(known.told, Token) else FAILED_SECONDS
                    known.until = self._clock() + seconds
        return known.told.text if isinstance(known.told, Token) else known.told

    def refused(self, subscription: Subscription, token: str) -> None:
        """Use a token no more: its receiver answered 401."""
        known = self._known.get(subscription.id)
        if known is not None and isinstance(known.told, Token) and known.told.text == token:
            known.until = 0.0

    def _of(self, id: str, grant: Grant) -> _Known:
        known = self._known.get(id)
        if known is None or known.grant != grant:
            known = self._known[id] = _Known(grant)
        self._known.move_to_end(id)
        while len(self._known) > MOST:
            self._known.popitem(last=False)
        return known

    async def _fetched(self, grant: Grant) -> Token | NoToken:
        answer = await post(
            self._session, grant.token_url, body=grant.body, headers=grant.headers, timeout=SECONDS, keep=KEPT
        )
        return read(answer, time())
