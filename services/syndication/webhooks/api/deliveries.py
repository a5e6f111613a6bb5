"""Routes that send to a subscription: trying it out, sending again."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import time
from typing import cast

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.syndication.ahead import ahead
from services.syndication.webhooks.api.access import BODY_LIMIT, ONE, Access, answer
from services.syndication.webhooks.api.turns import Turns
from services.syndication.webhooks.assigned import Assigned
from services.syndication.webhooks.attempts import Send
from services.syndication.webhooks.deliver import Delivered
from services.syndication.webhooks.inputs import Replay
from services.syndication.webhooks.message import Message, trial_body
from services.syndication.webhooks.reading import LedgerReader
from services.syndication.webhooks.receipts import Receipts
from services.syndication.webhooks.replay import Queued, Replays
from services.syndication.webhooks.starting import first_since
from services.syndication.webhooks.subscriptions import Subscription
from shared.auth import Principal
from shared.idempotency import Idempotency
from shared.problems import problem
from shared.requests import read_body, read_model
from shared.times import now, rfc3339

log = structlog.get_logger()

_LAST = 10**11
LONGEST_DAYS = 30
FULL = "so much waits for this subscription already that nothing more is put in: replay again when less does"
HOW = "give one of: after_seq; from_seq and to_seq; article_id; failed_since, with from_seq to go on from there"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRoutes:
    """The deliveries of one subscription."""

    access: Access
    idempotency: Idempotency
    replays: Replays
    assigned: Assigned
    receipts: Receipts
    ledger: LedgerReader
    send: Send
    look: Callable[[], None]
    turns: Turns = field(default_factory=Turns)

    @property
    def routes(self) -> list[Route]:
        """The routes."""
        guarded = self.access.guarded
        return [
            Route(f"{ONE}/test", guarded(self._test), methods=["POST"]),
            Route(f"{ONE}/replay", guarded(self._replay), methods=["POST"]),
        ]

    async def _test(self, request: Request, principal: Principal) -> Response:
        found = await self.access.own(request, principal)
        if isinstance(found, Response):
            return found
        id = f"msg_test{secrets.token_hex(12)}"
        outcome = await self.send(found, Message(id, trial_body(found.id, rfc3339(now()))), time())
        return answer(
            {
                "webhook_id": id,
                "delivered": isinstance(outcome, Delivered),
                "status": outcome.status,
                "reason": None if isinstance(outcome, Delivered) else outcome.reason,
                "ms": round(outcome.ms, 2),
                "body": outcome.body[:1024].decode("utf-8", "replace"),
            }
        )

    async def _replay(self, request: Request, principal: Principal) -> Response:
        found = await self.access.own(request, principal)
        body = found if isinstance(found, Response) else await read_body(request, BODY_LIMIT)
        if isinstance(found, Response) or isinstance(body, Response):
            return cast("Response", body)
        return await self.idempotency.once(request, body, lambda: self._replayed(found, body))

    async def _replayed(self, found: Subscription, body: bytes) -> Response:
        given = read_model(Replay, body)
        if isinstance(given, Response):
            return given
        if (by := _by(given)) is None:
            return problem(422, HOW, errors=[("from_seq", "no range")])
        refused = ahead(given.after_seq, await self.ledger.latest()) if given.after_seq else None
        if refused is not None:
            return refused
        async with self.turns.turn(found.owner) as too_many:
            if too_many is not None:
                return too_many
            done = await self._again(found, given, by, int(time() * 1000))
        self.look()
        if done.full and not done.queued:
            return problem(409, FULL)
        log.info("subscription.replayed", subscription=found.id, owner=found.owner, queued=done.queued)
        return answer({"queued": done.queued, "next": done.next}, 202)

    async def _again(self, subscription: Subscription, given: Replay, by: tuple[int, int], now: int) -> Queued:
        if given.article_id is not None:
            entries = (await self.receipts.entries_of(given.article_id))[::-1]
            return await self.replays.entries(subscription, entries, now)
        if given.failed_since is not None:
            # Given up then, it was published before, by no more than the longest schedule takes.
            moment = given.failed_since - timedelta(days=LONGEST_DAYS)
            first = given.from_seq or await first_since(moment, self.ledger, await self.ledger.latest())
            since = int(given.failed_since.timestamp() * 1000)
            parts = self.assigned.failed_since(subscription, first, since)
            return await self.replays.failed(subscription, parts, now, going_on=given.from_seq is not None)
        return await self.replays.range(subscription, *by, now)


def _by(given: Replay) -> tuple[int, int] | None:
    """Return the range that is asked for, an empty one for what is found otherwise; None when it is not one thing."""
    match given.after_seq, given.from_seq, given.to_seq, given.article_id, given.failed_since:
        case int() as after, None, None, None, None:
            return after + 1, _LAST
        case None, int() as first, int() as last, None, None if first <= last:
            return max(1, first), last
        case (None, None, None, str(), None) | (None, int() | None, None, None, datetime()):
            return 0, 0
    return None
