"""The route that replaces a subscription's secret by a new one, with overlap."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from time import time
from typing import cast

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.syndication.webhooks.api.access import BODY_LIMIT, ONE, Access, answer, gone, without_secret
from services.syndication.webhooks.inputs import SecretRotation
from services.syndication.webhooks.sign import secret_of
from services.syndication.webhooks.store import SubscriptionStore
from services.syndication.webhooks.subscriptions import MOST_OLD, OVERLAP_SECONDS, Subscription
from shared.auth import Principal
from shared.idempotency import Idempotency
from shared.problems import problem
from shared.requests import read_body, read_model

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class RotationRoutes:
    """The secret of one subscription."""

    access: Access
    idempotency: Idempotency
    store: SubscriptionStore

    @property
    def routes(self) -> list[Route]:
        """Return it."""
        return [Route(f"{ONE}/rotate-secret", self.access.guarded(self._rotate), methods=["POST"])]

    async def _rotate(self, request: Request, principal: Principal) -> Response:
        found = await self.access.own(request, principal)
        body = found if isinstance(found, Response) else await read_body(request, BODY_LIMIT)
        given = body if isinstance(body, Response) else read_model(SecretRotation, body or b"{}")
        if isinstance(found, Response) or isinstance(body, Response) or isinstance(given, Response):
            return cast("Response", given)

        async def work() -> Response:
            return await self._rotated(found, given)

        return await self.idempotency.once(request, body, work, keep=without_secret)

    async def _rotated(self, found: Subscription, given: SecretRotation) -> Response:
        overlap = OVERLAP_SECONDS if given.overlap_seconds is None else given.overlap_seconds
        secret = given.secret or secret_of(secrets.token_bytes(32))

        async def rotated(one: Subscription) -> Subscription | Response:
            after = one.rotated(secret, time(), overlap)
            if after is None:
                return problem(409, f"{MOST_OLD} old secrets still sign; wait for one to end, or let them overlap less")
            return replace(one, secrets=after)

        edited = await self.store.edit(found, rotated)
        if edited is None or isinstance(edited, Response):
            return edited or gone()
        log.info("subscription.secret_rotated", subscription=found.id, owner=found.owner, overlap_seconds=overlap)
        return answer({"id": found.id, "secret": secret, "overlap_seconds": overlap})
