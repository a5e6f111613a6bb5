"""What hubs say to us: their questions answered, their pushes taken in as documents; asking them is left to websub."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable
from datetime import datetime

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from services.ingest.api.answers import busy
from services.ingest.document import Document, Unreadable
from services.ingest.intake import ContendedError, Intake
from services.ingest.metrics import HOOKS
from services.ingest.parse import parse
from services.ingest.pressure import Pressure
from services.ingest.results import Accepted
from services.ingest.source import Source
from services.ingest.store import SourceStore
from services.ingest.websub.signature import is_signed
from services.ingest.websub.store import SubscriptionStore
from services.ingest.websub.subscription import Subscription, healthy_until, leased, verifies
from shared.problems import problem
from shared.requests import read_body
from shared.times import rfc3339, rfc3339_of

log = structlog.get_logger()

BODY_LIMIT = 10 * 1024 * 1024
LONGEST_CHALLENGE = 2_048
DENIED_SECONDS = 7 * 86_400.0
SIGNATURE = "x-hub-signature"
TAKEN = 202
PARSERS = 1


class WebSubHooks:
    """GET and POST /hooks/websub/{source}?token=…: the callback that hubs were given."""

    def __init__(
        self,
        sources: SourceStore,
        subscriptions: SubscriptionStore,
        intake: Intake,
        pressure: Pressure,
        now: Callable[[], datetime],
        wake: Callable[[], None],
    ) -> None:
        self._sources, self._subscriptions, self._intake = sources, subscriptions, intake
        self._pressure, self._now, self._wake = pressure, now, wake
        self._parsers = asyncio.Semaphore(PARSERS)

    @property
    def routes(self) -> list[Route]:
        """The one address, for questions and pushes."""
        return [Route("/hooks/websub/{source}", self.hear, methods=["GET", "POST"])]

    async def hear(self, request: Request) -> Response:
        """Answer a hub. Raises RedisError: hubs come again."""
        source_id = request.path_params["source"]
        known = await self._subscriptions.get(source_id)
        token = request.query_params.get("token", "")
        if known is None or not hmac.compare_digest(known.token.encode(), token.encode("utf-8", "replace")):
            return _unknown()
        if request.method == "POST":
            return await self._push(request, source_id, known)
        return await self._verify(request, source_id, known)

    async def _verify(self, request: Request, source_id: str, known: Subscription) -> Response:
        """Confirm what we asked for, and nothing else (WebSub section 5.3); heed a denial (5.2)."""
        asked, now = request.query_params, self._now().timestamp()
        mode, topic = asked.get("hub.mode", ""), asked.get("hub.topic", "")
        if mode == "denied" and topic == known.topic:
            return await self._denied(source_id, known, now)
        challenge = asked.get("hub.challenge", "")
        if not 0 < len(challenge) <= LONGEST_CHALLENGE or not verifies(known, mode, topic, now):
            log.info("websub.unasked", source=source_id, mode=mode[:40])
            return _unknown()
        if mode == "unsubscribe":
            await self._subscriptions.remove(source_id, known.token)
            log.info("websub.left", source=source_id)
        else:
            lease = leased(asked.get("hub.lease_seconds"), now)
            fields = {"state": "active", "lease_until": f"{lease.until:.3f}", "failures": "0"}
            await self._subscriptions.change(source_id, known.token, fields)
            await self._subscriptions.due(source_id, lease.renew_at)
            HOOKS.labels("websub", "verified").inc()
            log.info("websub.subscribed", source=source_id, lease_seconds=round(lease.until - now))
        return PlainTextResponse(challenge, headers={"cache-control": "no-store", "x-content-type-options": "nosniff"})

    async def _denied(self, source_id: str, known: Subscription, now: float) -> Response:
        """Poll as without the hub, and ask again in a week."""
        fields = {"state": "denied", "lease_until": "0", "asked_at": "0", "failures": "0", "at": str(known.at + 1)}
        await self._subscriptions.change(source_id, known.token, fields)
        await self._subscriptions.due(source_id, now + DENIED_SECONDS)
        await self._sources.note(source_id, {"push_until": ""})
        HOOKS.labels("websub", "denied").inc()
        log.warning("websub.denied", source=source_id)
        return Response(status_code=200)

    async def _push(self, request: Request, source_id: str, known: Subscription) -> Response:
        reason = self._pressure.reason()
        if reason is not None:
            return busy(f"intake waits: {reason}")
        body = await read_body(request, BODY_LIMIT)
        if isinstance(body, Response):
            return body
        source = await self._sources.get(source_id)
        if source is None or not source.polled or known.state == "leaving":
            return problem(410, "nobody here follows this topic any more")
        if not is_signed(known.secret, body, request.headers.get(SIGNATURE, "")):
            # Not refused in so many words: whoever tries signatures is to learn nothing (WebSub section 7.1.1).
            HOOKS.labels("websub", "unsigned").inc()
            log.warning("websub.unsigned", source=source_id)
            return Response(status_code=TAKEN)
        document = await self._document(source, known, body, request.headers.get("content-type", ""))
        try:
            await self._take(source, known, document)
        except ContendedError as error:
            return busy(str(error))
        return Response(status_code=TAKEN)

    async def _document(
        self, source: Source, known: Subscription, body: bytes, content_type: str
    ) -> Document | Unreadable:
        """Read a push as the document it is. One that says too little is no document: the source is polled then."""
        if not body.strip() or source.settings.full_text or source.health.new:
            return Unreadable("it says no more than that there is news")
        async with self._parsers:
            return await asyncio.to_thread(
                parse,
                body,
                url=known.topic,
                content_type=content_type,
                source_id=source.settings.id,
                timezone=source.settings.timezone,
            )

    async def _take(self, source: Source, known: Subscription, document: Document | Unreadable) -> None:
        """Take a document in under its source, where polling finds the same; else have the source polled."""
        HOOKS.labels("websub", "pushed").inc()
        id, now = source.settings.id, self._now()
        until = healthy_until(known, now.timestamp())
        fields = {"pushed_at": rfc3339(now), "push_until": rfc3339_of(until) if until else ""}
        if isinstance(document, Unreadable):
            await self._sources.note(id, fields)
            await self._sources.due(id, now.timestamp())
            self._wake()
            log.info("websub.pushed", source=id, polled=True, reason=document.reason)
            return
        for withdrawal in document.withdrawals:
            await self._intake.withdraw(id, withdrawal)
        items = list(reversed(document.submissions))
        results = await self._intake.accept(source, items, fields)
        accepted = sum(isinstance(result, Accepted) for result in results)
        log.info("websub.pushed", source=id, items=len(items), accepted=accepted)


def _unknown() -> Response:
    return problem(404, "there is no such subscription")
