"""Routes that make, show, change and delete subscriptions; replacing a secret is apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from time import time
from typing import Any, Literal, cast

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
    owner_of,
    without_secret,
)
from services.syndication.webhooks.api.making import Making
from services.syndication.webhooks.choices import CHOICES, CHOSEN
from services.syndication.webhooks.handshake import Denied
from services.syndication.webhooks.inputs import ChangedSubscription, NewSubscription
from services.syndication.webhooks.lanes import Lanes, keys
from services.syndication.webhooks.pacing import PACES
from services.syndication.webhooks.sending_inputs import TOLD
from services.syndication.webhooks.store import SubscriptionStore
from services.syndication.webhooks.subscriptions import UNBEGUN, Subscription
from services.syndication.webhooks.verifying import LEASE_SECONDS, Verifying, unproven
from shared.auth import Admin, Principal
from shared.idempotency import Idempotency
from shared.problems import problem
from shared.requests import read_body, read_model
from shared.retry import STANDARD
from shared.times import rfc3339_of

_DEFAULTS = {"filter": "", "description": "", "schedule": STANDARD, **CHOICES.public()}


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryRoutes:
    """Subscriptions themselves; their deliveries are apart."""

    access: Access
    idempotency: Idempotency
    store: SubscriptionStore
    lanes: Lanes
    making: Making
    verifying: Verifying
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

    async def wrong(self, given: NewSubscription | ChangedSubscription) -> Response | None:
        """Return the 422 for addresses that may not be reached, None when there are none."""
        wrong = await self.making.refused(given)
        return problem(422, ": ".join(wrong[0]), errors=wrong) if wrong else None

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
        wrong = given if isinstance(given, Response) else await self.wrong(given)
        if isinstance(given, Response) or wrong is not None:
            return cast("Response", wrong)
        owner = owner_of(principal)
        refused = await self.making.beyond(principal, owner, given)
        if refused is not None:
            return refused
        async with self.making.room.of(owner, 1) as full:
            if full is not None:
                return full
            made = await self.making.make(given, owner)
        if isinstance(made, Denied):
            return unwilling(made)
        left = await self.making.taken_back(owner, made["id"])
        return self.access.guard.unauthorized() if left else answer(made, 201)

    async def _show(self, request: Request, principal: Principal) -> Response:
        found = await self.access.own(request, principal)
        if isinstance(found, Response):
            return found
        [state] = await self.lanes.peek([found.id])
        if isinstance(state, Exception):
            raise state
        due = state.waiting_due
        return answer(
            {
                **found.public(),
                "missed_from": state.missed_from,
                "waiting": state.pending,
                "next_attempt": None if due is None else rfc3339_of(due / 1000),
            }
        )

    async def _change(self, request: Request, principal: Principal) -> Response:
        found = await self.access.own(request, principal)
        given = found if isinstance(found, Response) else await input_of(ChangedSubscription, request)
        if isinstance(found, Response) or isinstance(given, Response):
            return cast("Response", given)
        return await self.changed(found, given, principal)

    async def changed(self, found: Subscription, given: ChangedSubscription, principal: Principal) -> Response:
        """Change a subscription, and return it as it is then."""
        wrong = _too_soon(found, given, principal) or await self.wrong(given)
        wrong = wrong or await self.making.beyond(principal, found.owner, given)
        if wrong is not None:
            return wrong

        async def wanted(one: Subscription) -> Subscription | Denied:
            changed = _merged(one, given)
            asked = (changed.url, changed.sending.format) != (one.url, one.sending.format)
            return await self.making.consent(changed) if asked and given.handshake else changed

        def beside(before: Subscription, after: Subscription) -> Mapping[str, str]:
            return unproven(paused=(given.status or before.status) == "paused") if _to_prove(before, after) else {}

        if given.url not in (None, found.url) and found.choices.verify is not None:
            # Before it is written: were this process to die in between, its turn would come all the same.
            await self.verifying.ask(found.id, LEASE_SECONDS)
        edited = await self.store.edit(found, wanted, beside)
        if edited is None or isinstance(edited, Denied):
            return gone() if edited is None else unwilling(edited)
        found, changed = edited
        await self._go_on(found, changed)
        if _to_prove(found, changed):
            await self.verifying.ask_now(found.id)
        elif "status" in given.model_fields_set:
            await self.turn(changed, given.status)
        after = await self.store.get(found.id)
        if after is None:
            return gone()
        if after != found:
            await self.making.announce("updated", after)
        return answer(after.public())

    async def _go_on(self, before: Subscription, after: Subscription) -> None:
        """Have what waits go by the pace of now, and at once to a new address."""
        lanes, now = self.lanes, int(time() * 1000)
        if after.pacing != before.pacing:
            await lanes.hint([await lanes.repace(now, after.id)])
        if after.url != before.url:
            await lanes.hint([await lanes.moved(now, after.id)])
        self.look()

    async def turn(self, subscription: Subscription, status: Literal["active", "paused"]) -> None:
        """Make a subscription active or pause it."""
        if status == "paused":
            await self.store.change(replace(subscription, status="paused", reason=None), "status", "reason")
        elif subscription.status != "active" and not await self.verifying.holds_back(subscription):
            await self.verifying.spare(subscription.id)
            await self.lanes.hint([await self.lanes.activate(subscription.id)])
            await self.store.changed(subscription.id)
            self.look()

    async def _delete(self, request: Request, principal: Principal) -> Response:
        found = await self.access.own(request, principal)
        if isinstance(found, Response):
            return found
        await self.store.remove(found.id, keys(found.id))
        await self.making.announce("deleted", found)
        return Response(status_code=204)


def unwilling(denied: Denied) -> Response:
    """Return the 422 for a receiver that did not consent."""
    told = f"the receiver {denied.reason}; without consent, ask with handshake: false"
    return problem(422, f"format: {told}", errors=[("format", told)])


def _too_soon(found: Subscription, given: ChangedSubscription, principal: Principal) -> Response | None:
    """Return the 409 for another status before its receiver is proven, but for an operator who answers for that."""
    if "status" not in given.model_fields_set or found.status not in UNBEGUN:
        return None
    if given.status == "active" and isinstance(principal, Admin):
        return None
    return problem(409, "its receiver is to be verified first; an operator may make it active without")


def _to_prove(before: Subscription, after: Subscription) -> bool:
    return after.url != before.url and after.choices.verify is not None


def _merged(found: Subscription, given: ChangedSubscription) -> Subscription:
    """Return the subscription with the fields that were given, null giving one its default back."""
    asked: dict[str, Any] = {name: getattr(given, name) for name in given.model_fields_set - {"status", *TOLD}}
    asked |= {name: default for name, default in _DEFAULTS.items() if name in asked and asked[name] is None}
    paces = {name: asked.pop(name) for name in PACES & asked.keys()}
    choices = {name: asked.pop(name) for name in CHOSEN & asked.keys()}
    kept: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in asked.items()}
    return replace(
        found,
        **kept,
        sending=given.sending(found.sending).bounded(found.most),
        credentials=given.credentials(found.credentials),
        pacing=found.pacing.changed(paces),
        choices=replace(found.choices, **choices),
    )


def without(given: ChangedSubscription, *names: str) -> ChangedSubscription:
    """Return a change without some of its fields."""
    return ChangedSubscription.model_validate(given.model_dump(include=given.model_fields_set - set(names)))
