"""Keeps sources subscribed at their hubs: asks, renews, gives up and lets go; hearing hubs is left to its hooks."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from random import random
from urllib.parse import urlencode

import structlog

from services.ingest.document import Document
from services.ingest.source import Source
from services.ingest.store import SourceStore
from services.ingest.turns import Later, Turns, host_of
from services.ingest.websub.hub import Heard, Mode, Post, Refused, asked
from services.ingest.websub.store import SubscriptionStore
from services.ingest.websub.subscription import State, Subscription
from shared.retry import backoff

log = structlog.get_logger()

AT_ONCE = 20
CLAIM_SECONDS = 120.0
VERIFY_SECONDS = 3_600.0
"""Until a hub that has not asked back is asked again."""

BASE_SECONDS, LONGEST_SECONDS = 3_600.0, 86_400.0
LEAVING_SECONDS = 600.0
LEAVES = 3
"""Requests to be let go, after which a hub is left to find out by itself."""

MOST_HUBS = 5
REVIEW_SECONDS = 300
REVIEWED_AT_ONCE = 500


class Subscriber:
    """Subscriptions of all sources that want them; several processes share them by leases.

    `callback` is the address of the hooks without a source, None when no hub could reach it.
    """

    def __init__(
        self,
        sources: SourceStore,
        subscriptions: SubscriptionStore,
        post: Post,
        turns: Turns,
        callback: str | None,
        now: Callable[[], datetime],
        random: Callable[[], float] = random,
    ) -> None:
        self._sources, self._subscriptions, self._post, self._turns = sources, subscriptions, post, turns
        self._callback, self._now, self._random = callback, now, random
        self.wake: Callable[[], None] = lambda: None

    async def noticed(self, source: Source, document: Document, accepted: int) -> None:
        """Heed a polled document: where its hubs are, and whether they kept `accepted` items back. Raises RedisError.

        What a poll finds first a hub has missed, or is late with: polling is as often as without it until the
        next push.
        """
        settings, until = source.settings, source.health.push_until
        if accepted and until and datetime.fromisoformat(until) > self._now():
            log.warning("websub.missed", source=settings.id, items=accepted)
            await self._sources.note(settings.id, {"push_until": ""})
        if not self._wanted(source):
            return
        if not document.hubs or document.topic is None:
            await self._let_go(settings.id)  # it may be another document than the one that named a hub
            return
        hubs = document.hubs[:MOST_HUBS]
        known = await self._subscriptions.get(settings.id)
        now = self._now().timestamp()
        if known is not None and (known.hubs, known.topic) == (hubs, document.topic) and known.state != "leaving":
            await self._subscriptions.due_if_unplanned(settings.id, now)  # a crash may have come before it was
            return
        made = Subscription(
            hubs=hubs, topic=document.topic, token=secrets.token_urlsafe(24), secret=secrets.token_urlsafe(32)
        )
        await self._subscriptions.put(settings.id, made)
        await self._subscriptions.due(settings.id, now)
        log.info("websub.found", source=settings.id, hubs=len(hubs))
        self.wake()

    async def tick(self) -> None:
        """See to the subscriptions that are due. Raises RedisError."""
        due = await self._subscriptions.claim(self._now().timestamp(), CLAIM_SECONDS, AT_ONCE)
        done = await asyncio.gather(*(self._see_to(source_id) for source_id in due), return_exceptions=True)
        for error in done:
            if isinstance(error, BaseException):
                raise error
        if len(due) == AT_ONCE:
            self.wake()

    async def review(self) -> None:
        """Have subscriptions ended whose sources were deleted or stopped, or want none any more. Raises RedisError."""
        if not await self._subscriptions.may_review(REVIEW_SECONDS - 10):
            return
        ids = await self._subscriptions.ids()
        for at in range(0, len(ids), REVIEWED_AT_ONCE):
            part = ids[at : at + REVIEWED_AT_ONCE]
            found = await asyncio.gather(*(self._sources.get(source_id) for source_id in part))
            for source_id, source in zip(part, found, strict=True):
                if source is None or not self._wanted(source):
                    await self._let_go(source_id)
        self.wake()

    def _wanted(self, source: Source) -> bool:
        settings = source.settings
        return self._callback is not None and settings.websub and settings.kind == "feed" and source.polled

    async def _let_go(self, source_id: str) -> None:
        known = await self._subscriptions.get(source_id)
        if known is not None and known.state != "leaving":
            fields = {"state": "leaving", "failures": "0"}
            await self._subscriptions.change(source_id, known.token, fields)
            await self._subscriptions.due(source_id, self._now().timestamp())

    async def _see_to(self, source_id: str) -> None:
        known, source = await asyncio.gather(self._subscriptions.get(source_id), self._sources.get(source_id))
        if known is None:
            await self._subscriptions.never(source_id)
        elif known.state == "leaving":
            await self._leave(source_id, known)
        elif source is None or not self._wanted(source):
            await self._let_go(source_id)
        else:
            await self._subscribe(source_id, known)

    async def _subscribe(self, source_id: str, known: Subscription) -> None:
        """Ask a hub; it may ask back before it answers, so the request is written down first."""
        now = self._now().timestamp()
        unheard = known.state == "asking" and known.asked_at > 0
        failures = known.failures + 1 if unheard else known.failures
        at = known.at + 1 if unheard else known.at
        state: State = "active" if known.state == "active" and known.lease_until > now else "asking"
        fields = {"asked_at": f"{now:.3f}", "failures": str(failures), "at": str(at), "state": state}
        await self._subscriptions.change(source_id, known.token, fields)
        await self._subscriptions.due(source_id, now + max(VERIFY_SECONDS, self._wait(failures)))
        known = replace(known, at=at, failures=failures, state=state)
        outcome = await self._ask("subscribe", source_id, known)
        if isinstance(outcome, Later):
            await self._subscriptions.change(source_id, known.token, {"asked_at": "0", "failures": str(known.failures)})
            await self._subscriptions.due(source_id, now + outcome.seconds)
        elif isinstance(outcome, Heard):
            log.info("websub.asked", source=source_id, hub=host_of(known.hub))
        else:
            await self._failed(source_id, known, outcome.reason)

    async def _failed(self, source_id: str, known: Subscription, reason: str) -> None:
        failures, now = known.failures + 1, self._now().timestamp()
        log.warning("websub.refused", source=source_id, hub=host_of(known.hub), reason=reason, failures=failures)
        fields = {"failures": str(failures), "at": str(known.at + 1), "asked_at": "0"}
        await self._subscriptions.change(source_id, known.token, fields)
        await self._subscriptions.due(source_id, now + self._wait(failures))

    async def _leave(self, source_id: str, known: Subscription) -> None:
        """Ask to be let go, a few times; a hub that no one answers finds out by itself, at the latest by the lease."""
        now = self._now().timestamp()
        useless = self._callback is None or not (known.asked_at or known.lease_until > now)
        if useless or known.failures >= LEAVES:
            await self._subscriptions.remove(source_id, known.token)
            log.info("websub.left", source=source_id)
            return
        fields = {"asked_at": f"{now:.3f}", "failures": str(known.failures + 1)}
        await self._subscriptions.change(source_id, known.token, fields)
        await self._subscriptions.due(source_id, now + LEAVING_SECONDS)
        outcome = await self._ask("unsubscribe", source_id, known)
        if isinstance(outcome, Refused):
            reason = outcome.reason
            log.info("websub.refused", source=source_id, hub=host_of(known.hub), reason=reason, mode="unsubscribe")

    async def _ask(self, mode: Mode, source_id: str, known: Subscription) -> Heard | Refused | Later:
        """Send a request in its turn at the hub, which may be that of many sources."""
        async with self._turns.at(host_of(known.hub)) as turn:
            if isinstance(turn, Later):
                return turn
            return await asked(self._post, mode, known, callback_of(self._callback or "", source_id, known.token))

    def _wait(self, failures: int) -> float:
        """Return the seconds until a hub is asked again; they vary, for many sources may share it."""
        return backoff(max(failures, 1), BASE_SECONDS, LONGEST_SECONDS) * (0.9 + 0.2 * self._random())


def callback_of(base: str, source_id: str, token: str) -> str:
    """Return where a hub is to push a source's topic; nobody who was not told can make it up."""
    return f"{base}/{source_id}?{urlencode({'token': token})}"
