"""Who may reach which subscription, and what every route of the subscriptions API reads and answers alike."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson
from starlette.requests import Request
from starlette.responses import Response

from services.syndication.webhooks.inputs import Input
from services.syndication.webhooks.store import SubscriptionStore
from services.syndication.webhooks.subscriptions import Subscription
from shared.auth import Admin, Consumer, Guard, Principal
from shared.events import to_json
from shared.problems import problem
from shared.requests import read_body, read_model

ROOT = "/api/v1/subscriptions"
ONE = ROOT + "/{id}"
BODY_LIMIT = 65_536
SUBSCRIPTION_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")

Handler = Callable[[Request, Principal], Awaitable[Response]]
Given = TypeVar("Given", bound=Input)


@dataclass(frozen=True, slots=True)
class Access:
    """A consumer's key reaches its own subscriptions, the admin token all."""

    guard: Guard
    store: SubscriptionStore

    def guarded(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        """Return an endpoint that answers 401 to whom the guard does not know."""

        async def handle(request: Request) -> Response:
            principal = await self.guard.identify(request)
            return self.guard.unauthorized() if principal is None else await handler(request, principal)

        return handle

    async def own(self, request: Request, principal: Principal) -> Subscription | Response:
        """Return the subscription of the path, or the 404 that does not tell another's from none."""
        return await self.named(request.path_params["id"], principal)

    async def named(self, id: str, principal: Principal) -> Subscription | Response:
        """Return a subscription by its id, or the same 404."""
        found = await self.store.get(id) if SUBSCRIPTION_ID.fullmatch(id) else None
        return gone() if found is None or not may(principal, found) else found


def may(principal: Principal, subscription: Subscription) -> bool:
    """Tell whether somebody may see and touch a subscription."""
    return isinstance(principal, Admin) or subscription.owner == principal.id


def owner_of(principal: Principal) -> str | None:
    """Return whose subscriptions somebody's are, None for the operator's."""
    return principal.id if isinstance(principal, Consumer) else None


def answer(content: Any, status: int = 200) -> Response:
    """Return a JSON answer."""
    return Response(to_json(content), status, media_type="application/json")


def without_secret(body: bytes) -> bytes:
    """Return an answer as it is kept for repeats of the request: secrets are shown once."""
    content = orjson.loads(body)
    return to_json({name: value for name, value in content.items() if name != "secret"})


def gone() -> Response:
    """Return the 404 for a subscription."""
    return problem(404, "there is no such subscription")


async def input_of(model: type[Given], request: Request) -> Given | Response:
    """Return the request's body as a model, or the answer that refuses it."""
    body = await read_body(request, BODY_LIMIT)
    return body if isinstance(body, Response) else read_model(model, body)
