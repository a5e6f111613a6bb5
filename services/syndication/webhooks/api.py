"""The subscriptions API: reads requests, keeps consumers apart, answers; what it asks for is done elsewhere."""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from time import time
from typing import Any, TypeVar, cast

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.syndication.webhooks.attempts import Send
from services.syndication.webhooks.deliver import Delivered
from services.syndication.webhooks.inputs import ChangedSubscription, Input, NewSubscription, Preview, Replay
from services.syndication.webhooks.lanes import Lanes, keys
from services.syndication.webhooks.message import trial_body
from services.syndication.webhooks.openapi import openapi_paths, openapi_webhooks
from services.syndication.webhooks.reading import LedgerReader
from services.syndication.webhooks.replay import preview, replay
from services.syndication.webhooks.sign import secret_of
from services.syndication.webhooks.store import SubscriptionStore
from services.syndication.webhooks.subscriptions import Secret, Subscription
from shared.auth import Admin, Consumer, Guard, Principal
from shared.events import to_json
from shared.idempotency import Idempotency
from shared.problems import problem
from shared.requests import read_body, read_model, whole_number
from shared.retry import STANDARD
from shared.times import now, rfc3339

__all__ = ["SubscriptionsApi", "openapi_paths", "openapi_webhooks"]

BODY_LIMIT = 65_536
_LOG_ENTRY = re.compile(r"[0-9]{1,19}-[0-9]{1,19}")
_LAST = 10**11

Handler = Callable[[Request, Principal], Awaitable[Response]]
Given = TypeVar("Given", bound=Input)
CheckUrl = Callable[[str], Awaitable[str | None]]


def answer(content: Any, status: int = 200) -> Response:
    """Return a JSON answer."""
    return Response(to_json(content), status, media_type="application/json")


def without_secret(body: bytes) -> bytes:
    """Return an answer as it is kept for repeats of the request: secrets are shown once."""
    content = orjson.loads(body)
    return to_json({name: value for name, value in content.items() if name != "secret"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionsApi:
    """Routes under /api/v1/subscriptions; a consumer's key reaches its own, the admin token all."""

    guard: Guard
    idempotency: Idempotency
    store: SubscriptionStore
    lanes: Lanes
    ledger: LedgerReader
    send: Send
    check_url: CheckUrl
    look: Callable[[], None]

    @property
    def routes(self) -> list[Route]:
        """The routes, more particular ones first."""
        root = "/api/v1/subscriptions"
        one = root + "/{id}"
        return [
            Route(root, self._guarded(self._list), methods=["GET"]),
            Route(root, self._guarded(self._create), methods=["POST"]),
            Route(f"{root}/preview", self._guarded(self._preview), methods=["POST"]),
            Route(one, self._guarded(self._show), methods=["GET"]),
            Route(one, self._guarded(self._change), methods=["PATCH"]),
            Route(one, self._guarded(self._delete), methods=["DELETE"]),
            Route(f"{one}/test", self._guarded(self._test), methods=["POST"]),
            Route(f"{one}/rotate-secret", self._guarded(self._rotate), methods=["POST"]),
            Route(f"{one}/deliveries", self._guarded(self._deliveries), methods=["GET"]),
            Route(f"{one}/replay", self._guarded(self._replay), methods=["POST"]),
        ]

    def _guarded(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def handle(request: Request) -> Response:
            principal = await self.guard.identify(request)
            return self.guard.unauthorized() if principal is None else await handler(request, principal)

        return handle

    async def _own(self, request: Request, principal: Principal) -> Subscription | Response:
        id = request.path_params["id"]
        found = await self.store.get(id) if re.fullmatch(r"[A-Za-z0-9_-]{1,64}", id) else None
        if found is None or not _may(principal, found):
            return _gone()
        return found

    async def _wrong_url(self, url: str) -> Response | None:
        reason = await self.check_url(url)
        return problem(422, f"url: {reason}", errors=[("url", reason)]) if reason else None

    # --- subscriptions -------------------------------------------------------------------------------------------

    async def _list(self, _request: Request, principal: Principal) -> Response:
        found = [each for each in await self.store.load(await self.store.ids()) if each and _may(principal, each)]
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
            headers=tuple(given.headers.items()),
            schedule=tuple(given.schedule) if given.schedule else STANDARD,
        )
        await self.store.add(subscription, await self.ledger.latest())
        return answer(subscription.public(secret=True), 201)

    async def _show(self, request: Request, principal: Principal) -> Response:
        found = await self._own(request, principal)
        if isinstance(found, Response):
            return found
        return answer({**found.public(), "missed_from": await self.store.missed_from(found.id)})

    async def _change(self, request: Request, principal: Principal) -> Response:
        found = await self._own(request, principal)
        given = found if isinstance(found, Response) else await _input(ChangedSubscription, request)
        if isinstance(found, Response) or isinstance(given, Response):
            return cast("Response", given)
        wrong = await self._wrong_url(given.url) if given.url is not None else None
        if wrong is not None:
            return wrong
        changed = _merged(found, given)
        if changed != found and not await self.store.change(changed, "settings"):
            return _gone()
        if given.status == "paused":
            await self.store.change(replace(changed, status="paused", reason=None), "status", "reason")
        elif given.status == "active" and found.status != "active":
            await self.lanes.hint([await self.lanes.activate(found.id)])
            await self.store.changed(found.id)
            self.look()
        after = await self.store.get(found.id)
        return _gone() if after is None else answer(after.public())

    async def _delete(self, request: Request, principal: Principal) -> Response:
        found = await self._own(request, principal)
        if isinstance(found, Response):
            return found
        await self.store.remove(found.id, keys(found.id))
        return Response(status_code=204)

    async def _rotate(self, request: Request, principal: Principal) -> Response:
        found = await self._own(request, principal)
        body = await read_body(request, BODY_LIMIT)
        if isinstance(found, Response) or isinstance(body, Response):
            return found if isinstance(found, Response) else cast("Response", body)

        async def work() -> Response:
            rotated = replace(found, secrets=found.rotated(secret_of(secrets.token_bytes(32)), time()))
            if not await self.store.change(rotated, "secrets"):
                return _gone()
            return answer({"id": found.id, "secret": rotated.secrets[0].text})

        return await self.idempotency.once(request, body, work, keep=without_secret)

    # --- deliveries ----------------------------------------------------------------------------------------------

    async def _test(self, request: Request, principal: Principal) -> Response:
        found = await self._own(request, principal)
        if isinstance(found, Response):
            return found
        id = f"msg_test{secrets.token_hex(12)}"
        outcome = await self.send(found, id, trial_body(found.id, rfc3339(now())), time())
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

    async def _deliveries(self, request: Request, principal: Principal) -> Response:
        found = await self._own(request, principal)
        limit = whole_number(request, "limit", 50, least=1, most=200)
        if isinstance(found, Response) or isinstance(limit, Response):
            return found if isinstance(found, Response) else cast("Response", limit)
        before = request.query_params.get("before")
        if before is not None and not _LOG_ENTRY.fullmatch(before):
            return problem(422, "before must be the `next` of an earlier answer", errors=[("before", "not a cursor")])
        entries = await self.lanes.log(found.id, before, limit)
        shown = [{"id": id, **orjson.loads(attempt)} for id, attempt in entries]
        return answer({"deliveries": shown, "next": shown[-1]["id"] if len(shown) == limit else None})

    async def _replay(self, request: Request, principal: Principal) -> Response:
        found = await self._own(request, principal)
        given = found if isinstance(found, Response) else await _input(Replay, request)
        if isinstance(found, Response) or isinstance(given, Response):
            return cast("Response", given)
        span = _span(given)
        if span is None:
            return problem(422, "give either after_seq, or from_seq and to_seq", errors=[("from_seq", "no range")])
        done = await replay(
            found, *span, ledger=self.ledger, store=self.store, lanes=self.lanes, now=int(time() * 1000)
        )
        self.look()
        return answer({"queued": done.queued, "next": done.next}, 202)

    async def _preview(self, request: Request, _principal: Principal) -> Response:
        given = await _input(Preview, request)
        if isinstance(given, Response):
            return given
        return answer(await preview(given.filter, given.types, given.limit, self.ledger))


async def _input(model: type[Given], request: Request) -> Given | Response:
    body = await read_body(request, BODY_LIMIT)
    return body if isinstance(body, Response) else read_model(model, body)


def _may(principal: Principal, subscription: Subscription) -> bool:
    return isinstance(principal, Admin) or subscription.owner == principal.id


def _merged(found: Subscription, given: ChangedSubscription) -> Subscription:
    """Return the subscription with the fields that were given; null takes `types` back, and changes nothing else."""
    fields = {name: getattr(given, name) for name in given.model_fields_set - {"status", "types"}}
    kept: dict[str, Any] = {name: value for name, value in fields.items() if value is not None}
    if "headers" in kept:
        kept["headers"] = tuple(kept["headers"].items())
    if "schedule" in kept:
        kept["schedule"] = tuple(kept["schedule"])
    if "types" in given.model_fields_set:
        kept["types"] = None if given.types is None else tuple(given.types)
    return replace(found, **kept)


def _span(given: Replay) -> tuple[int, int] | None:
    match given.after_seq, given.from_seq, given.to_seq:
        case int() as after, None, None:
            return after + 1, _LAST
        case None, int() as first, int() as last if first <= last:
            return max(1, first), last
    return None


def _gone() -> Response:
    return problem(404, "there is no such subscription")
