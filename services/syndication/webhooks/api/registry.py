"""Routes that make, show, change and delete subscriptions; replacing a secret is apart."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.syndication.webhooks.api.access import (
    BODY_LIMIT,
    ONE,
    ROOT,
    Access,
    answer,
    gone,
    input_of,
    may,
    without_secret,
)
from services.syndication.webhooks.inputs import ChangedSubscription, NewSubscription
from services.syndication.webhooks.lanes import Lanes, keys
from services.syndication.webhooks.pacing import PACES
from services.syndication.webhooks.reading import LedgerReader
from services.syndication.webhooks.sending import Credentials, Sending
from services.syndication.webhooks.sign import secret_of
from services.syndication.webhooks.store import SubscriptionStore
from services.syndication.webhooks.subscriptions import Secret, Subscription
from shared.auth import Consumer, Principal
from shared.idempotency import Idempotency
from shared.problems import problem
from shared.requests import read_body, read_model
from shared.retry import STANDARD
from shared.times import now, rfc3339

CheckUrl = Callable[[str], Awaitable[str | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryRoutes:
    """Subscriptions themselves; their deliveries are apart."""

    access: Access
    idempotency: Idempotency
    store: SubscriptionStore
    lanes: Lanes
    ledger: LedgerReader
    check_url: CheckUrl
    look: Callable[[], None]

    @property
    def routes(self) -> list[Route]:
        """The routes, which must come after more particular ones."""
        guarded = self.access.guarded
        return [
            Route(ROOT, guarded(self._list), methods=["GET"]),
            Route(ROOT, guarded(self._create), methods=["POST"]),
            Route(ONE, guarded(self._show), methods=["GET"]),
            Route(ONE, guarded(self._change), methods=["PATCH"]),
            Route(ONE, guarded(self._delete), methods=["DELETE"]),
        ]

    async def _wrong_url(self, url: str) -> Response | None:
        reason = await self.check_url(url)
        return problem(422, f"url: {reason}", errors=[("url", reason)]) if reason else None

    async def _list(self, _request: Request, principal: Principal) -> Response:
        found = [each for each in await self.store.load(await self.store.ids()) if each and may(principal, each)]
        found.sort(key=lambda each: each.number)
        return answer({"subscriptions": [each.public() for each in found]})

    async def _create(self, request: Request, principal: Principal) -> Response:
        body = await read_body(request, BODY_LIMIT)
        if isinstance(body, Response):
            return body

        async def work() -> Response:
            return await self._made(body, principal)

        return await self.idempotency.once(request, body, work, keep=without_secret)

    async def _made(self, body: bytes, principal: Principal) -> Response:
        given = read_model(NewSubscription, body)
        wrong = given if isinstance(given, Response) else await self._wrong_url(given.url)
        if isinstance(given, Response) or wrong is not None:
            return cast("Response", wrong)
        subscription = Subscription(
            id=f"sub_{secrets.token_hex(10)}",
            number=await self.store.number(),
            url=given.url,
            filter=given.filter,
            types=None if given.types is None else tuple(given.types),
            description=given.description,
            owner=principal.id if isinstance(principal, Consumer) else None,
            created_at=rfc3339(now()),
            secrets=(Secret(given.secret or secret_of(secrets.token_bytes(32))),),
            credentials=Credentials(headers=tuple(given.headers.items())),
            sending=Sending(signing=given.signing),
            schedule=tuple(given.schedule) if given.schedule else STANDARD,
            pacing=given.pacing,
        )
        await self.store.add(subscription, await self.ledger.latest())
        return answer(subscription.public(secret=True), 201)

    async def _show(self, request: Request, principal: Principal) -> Response:
        found = await self.access.own(request, principal)
        if isinstance(found, Response):
            return found
        return answer({**found.public(), "missed_from": await self.store.missed_from(found.id)})

    async def _change(self, request: Request, principal: Principal) -> Response:
        found = await self.access.own(request, principal)
        given = found if isinstance(found, Response) else await input_of(ChangedSubscription, request)
        if isinstance(found, Response) or isinstance(given, Response):
            return cast("Response", given)
        wrong = await self._wrong_url(given.url) if given.url is not None else None
        if wrong is not None:
            return wrong
        changed = _merged(found, given)
        # Credentials alone when they were given: those of a subscription that is shut must not be written over.
        fields = ["settings"] if changed.credentials is found.credentials else ["settings", "credentials"]
        if changed != found and not await self.store.change(changed, *fields):
            return gone()
        if given.status == "paused":
            await self.store.change(replace(changed, status="paused", reason=None), "status", "reason")
        elif given.status == "active" and found.status != "active":
            await self.lanes.hint([await self.lanes.activate(found.id)])
            await self.store.changed(found.id)
            self.look()
        after = await self.store.get(found.id)
        return gone() if after is None else answer(after.public())

    async def _delete(self, request: Request, principal: Principal) -> Response:
        found = await self.access.own(request, principal)
        if isinstance(found, Response):
            return found
        await self.store.remove(found.id, keys(found.id))
        return Response(status_code=204)


def _merged(found: Subscription, given: ChangedSubscription) -> Subscription:
    """Return the subscription with the fields that were given; null lifts types and rate_limit, and nothing else."""
    fields = {name: getattr(given, name) for name in given.model_fields_set - {"status", "types", *PACES}}
    kept: dict[str, Any] = {name: value for name, value in fields.items() if value is not None}
    if "headers" in kept:
        kept["credentials"] = replace(found.credentials, headers=tuple(kept.pop("headers").items()))
    if "signing" in kept:
        kept["sending"] = replace(found.sending, signing=kept.pop("signing"))
    if "schedule" in kept:
        kept["schedule"] = tuple(kept["schedule"])
    if "types" in given.model_fields_set:
        kept["types"] = None if given.types is None else tuple(given.types)
    paces = {name: getattr(given, name) for name in given.model_fields_set & PACES}
    return replace(found, **kept, pacing=found.pacing.changed(paces))
