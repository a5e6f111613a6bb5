"""Routes for many subscriptions at once: made together, taken elsewhere, and put back under their ids."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import time
from typing import Any, cast

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.syndication.webhooks.api.access import ONE, ROOT, SUBSCRIPTION_ID, Access, answer, gone, owner_of
from services.syndication.webhooks.api.making import Making
from services.syndication.webhooks.api.registry import RegistryRoutes, unwilling, without
from services.syndication.webhooks.handshake import Denied
from services.syndication.webhooks.inputs import ChangedSubscription, NewSubscription, NewSubscriptions, Restored
from services.syndication.webhooks.store import SubscriptionStore
from services.syndication.webhooks.subscriptions import MOST_OLD, Subscription
from shared.auth import Admin, Principal
from shared.events import to_json
from shared.idempotency import Idempotency
from shared.problems import problem
from shared.requests import read_body, read_model

BODY_LIMIT = 1_048_576


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRoutes:
    """Anybody may make many; to take them elsewhere and put them back is for operators."""

    access: Access
    idempotency: Idempotency
    store: SubscriptionStore
    making: Making
    registry: RegistryRoutes

    @property
    def routes(self) -> list[Route]:
        """The routes, which must come before that of one subscription."""
        guarded = self.access.guarded
        return [
            Route(f"{ROOT}/batch", guarded(self._create), methods=["POST"]),
            Route(f"{ROOT}/export", guarded(self._export), methods=["GET"]),
            Route(ONE, guarded(self._restore), methods=["PUT"]),
        ]

    async def _create(self, request: Request, principal: Principal) -> Response:
        body = await read_body(request, BODY_LIMIT)
        if isinstance(body, Response):
            return body

        async def work() -> Response:
            given = read_model(NewSubscriptions, body)
            if isinstance(given, Response):
                return given
            wrong = await self._wrong_urls(given.subscriptions)
            if wrong:
                return problem(422, "nothing was made: some addresses are refused", errors=wrong)
            owner = owner_of(principal)
            refused = await self.making.beyond(principal, owner, *given.subscriptions, stem="subscriptions.{1}.{0}")
            if refused is not None:
                return refused
            async with self.making.room.of(owner, len(given.subscriptions)) as full:
                return full if full is not None else await self._made(given.subscriptions, principal)

        return await self.idempotency.once(request, body, work, keep=without_secrets)

    async def _made(self, given: Sequence[NewSubscription], principal: Principal) -> Response:
        """Make all of them, or none when one is unwelcome."""
        owner = owner_of(principal)
        agreed = await asyncio.gather(*(self.making.agreed(each, owner) for each in given))
        for each in agreed:
            if isinstance(each, Denied):
                return unwilling(each)
        starts = [each.start for each in given]
        whole = [(each, start) for each, start in zip(agreed, starts, strict=True) if not isinstance(each, Denied)]
        made = [await self.making.keep(*each) for each in whole]
        left = await self.making.taken_back(owner, *(each["id"] for each in made))
        return self.access.guard.unauthorized() if left else answer({"subscriptions": made}, 201)

    async def _wrong_urls(self, given: Sequence[NewSubscription]) -> list[tuple[str, str]]:
        wrong = await asyncio.gather(*(self.making.refused(each) for each in given))
        return [(f"subscriptions.{at}.{name}", reason) for at, found in enumerate(wrong) for name, reason in found]

    async def _export(self, request: Request, principal: Principal) -> Response:
        if not isinstance(principal, Admin):
            return problem(403, "this needs the admin token")
        asked = request.query_params.get("secrets", "false")
        if asked not in ("true", "false"):
            return problem(422, "secrets must be true or false", errors=[("secrets", "not true or false")])
        found = [each for each in await self.store.load(await self.store.ids()) if each is not None]
        found.sort(key=lambda each: each.number)
        shown = [exported(each, secret=asked == "true") for each in found]
        return Response(to_json({"subscriptions": shown}), 200, {"cache-control": "no-store"}, "application/json")

    async def _restore(self, request: Request, principal: Principal) -> Response:
        if not isinstance(principal, Admin):
            return problem(403, "this needs the admin token")
        id, body = request.path_params["id"], await read_body(request, BODY_LIMIT)
        given = body if isinstance(body, Response) else read_model(Restored, body)
        if isinstance(given, Response):
            return given
        wrong = _misnamed(id, given) or await self._stray(given.owner) or await self.registry.wrong(given)
        wrong = wrong or await self.making.beyond(principal, given.owner, given)
        if wrong is not None:
            return wrong
        found = await self.store.get(id)
        if found is not None:
            return await self._replaced(found, given, principal)
        made = await self.making.make(given, given.owner, id=id)
        if isinstance(made, Denied):
            return unwilling(made)
        if await self.making.taken_back(given.owner, id):
            return stray()
        if given.status == "paused":
            await self.registry.turn(cast("Subscription", await self.store.get(id)), "paused")
        return answer({**made, "status": "paused" if given.status == "paused" else made["status"]}, 201)

    async def _stray(self, owner: str | None) -> Response | None:
        """Return the 422 for an owner that there is not: what it may have is not known, and would be everything."""
        return stray() if owner is not None and not await self.making.knows(owner) else None

    async def _replaced(self, found: Subscription, given: Restored, principal: Admin) -> Response:
        """Give a subscription what was given, and leave it the rest: its number, its secret, where it stands."""

        async def wanted(one: Subscription) -> Subscription | Response:
            owned = replace(one, owner=given.owner) if "owner" in given.model_fields_set else one
            if given.secret is None or given.secret in [each.text for each in one.secrets[:1]]:
                return owned
            after = one.rotated(given.secret, time())
            if after is None:
                return problem(409, f"{MOST_OLD} old secrets still sign; wait for one to end")
            return replace(owned, secrets=after)

        edited = await self.store.edit(found, wanted)
        if edited is None or isinstance(edited, Response):
            return edited or gone()
        found = edited[1]
        names = given.model_fields_set & set(ChangedSubscription.model_fields)
        changed = ChangedSubscription.model_validate({name: getattr(given, name) for name in names})
        if {changed.status, found.status} != {"active", "paused"}:
            changed = without(changed, "status")  # what an operator or a receiver decided since stays
        return await self.registry.changed(found, changed, principal)


def _misnamed(id: str, given: Restored) -> Response | None:
    if not SUBSCRIPTION_ID.fullmatch(id):
        return problem(422, "an id has up to 64 letters, digits, _ and -", errors=[("id", "not an id")])
    if given.id not in (None, id):
        return problem(422, "id: is not that of the address", errors=[("id", "is not that of the address")])
    return None


def stray() -> Response:
    """Return the 422 for a subscription of nobody."""
    why = "there is no such consumer; make it first, and give the id that it has here"
    return problem(422, f"owner: {why}", errors=[("owner", why)])


def exported(subscription: Subscription, *, secret: bool) -> dict[str, Any]:
    """Return a subscription in the form in which it is put back; credentials only when they are asked for."""
    known, hidden = NewSubscription.model_fields, subscription.credentials.public()
    shown = {name: value for name, value in subscription.public().items() if name in known and name not in hidden}
    if secret:
        shown |= subscription.credentials.given()
        shown["secret"] = subscription.secrets[0].text if subscription.secrets else None
    if subscription.sending.format != "standard":
        shown["handshake"] = False  # its receiver was asked when it was made, and may be away when it is put back
    status = "paused" if subscription.status == "paused" else "active"
    return {"id": subscription.id, "owner": subscription.owner, "status": status, **shown}


def without_secrets(body: bytes) -> bytes:
    """Return the answer as it is kept for repeats of the request: secrets are shown once."""
    content = orjson.loads(body)
    for each in content.get("subscriptions", ()):
        each.pop("secret", None)
    return to_json(content)
