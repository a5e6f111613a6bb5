"""The admin's routes to consumers: made, listed, trusted with embargoes or not, taken away."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Literal

import orjson
import structlog
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.syndication.answers import answer
from services.syndication.consumers import NewConsumer, changed, new_consumer, shown
from services.syndication.feeds.private.asked import Asking
from shared.auth import CONSUMERS, Guard
from shared.events import Reuse
from shared.idempotency import Idempotency
from shared.problems import problem
from shared.redis import Script, Store
from shared.requests import read_body, read_model

log = structlog.get_logger()

BODY_LIMIT = 64 * 1024
ROOT = "/api/v1/consumers"
MISSING = "there is no such consumer"

Embargo = Literal["early"] | None
"""Whether a consumer's subscriptions may have articles ahead of their release."""

SWAP = Script("""
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
""")
"""ARGV: consumer, its record as it was read, and as it is to be."""


class ConsumerIn(BaseModel):
    """A consumer to be made."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, max_length=200)
    query: Asking = ""
    reuse: Reuse = "full"
    embargo: Embargo = None


class ChangedConsumer(BaseModel):
    """What to change of one."""

    model_config = ConfigDict(extra="forbid")
    embargo: Embargo


class ConsumerRoutes:
    """Routes below /api/v1/consumers, for the admin alone."""

    def __init__(
        self,
        store: Store,
        *,
        guard: Guard,
        idempotency: Idempotency,
        now: Callable[[], datetime],
        leaving: Callable[[str], Awaitable[None]],
    ) -> None:
        self._store, self._guard, self._idempotency, self._now = store, guard, idempotency, now
        self._leaving = leaving

    @property
    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route(ROOT, self._guard.admins(self._list), methods=["GET"]),
            Route(ROOT, self._guard.admins(self._make), methods=["POST"]),
            Route(f"{ROOT}/{{id}}", self._guard.admins(self._change), methods=["PATCH"]),
            Route(f"{ROOT}/{{id}}", self._guard.admins(self._delete), methods=["DELETE"]),
        ]

    async def _list(self, _request: Request) -> Response:
        kept = await self._store.do("HGETALL", CONSUMERS)
        return answer({"consumers": [shown(name.decode(), value) for name, value in sorted(kept.items())]})

    async def _make(self, request: Request) -> Response:
        body = await read_body(request, BODY_LIMIT)
        if isinstance(body, Response):
            return body
        asked = read_model(ConsumerIn, body)
        if isinstance(asked, Response):
            return asked

        async def make() -> Response:
            made = new_consumer(asked.name, self._now(), asked.model_dump(exclude={"name"}, exclude_none=True))
            await self._store.do("HSET", CONSUMERS, made.id, made.kept())
            log.info("consumer.added", consumer=made.id)
            return answer(_with_key(made), 201)

        return await self._idempotency.once(request, body, make, keep=_without_key)

    async def _change(self, request: Request) -> Response:
        body = await read_body(request, BODY_LIMIT)
        asked = body if isinstance(body, Response) else read_model(ChangedConsumer, body)
        if isinstance(asked, Response):
            return asked
        consumer = request.path_params["id"]
        while kept := await self._store.do("HGET", CONSUMERS, consumer):
            after = changed(kept, asked.model_dump())
            if await self._store.run(SWAP, keys=[CONSUMERS], args=[consumer, kept, after]):
                log.info("consumer.changed", consumer=consumer, embargo=asked.embargo)
                return answer(shown(consumer, after))
        return problem(404, MISSING)

    async def _delete(self, request: Request) -> Response:
        consumer = request.path_params["id"]
        if await self._store.do("HEXISTS", CONSUMERS, consumer):
            await self._leaving(consumer)  # first: killed in between, the consumer is still there to be deleted again
        if not await self._store.do("HDEL", CONSUMERS, consumer):
            return problem(404, MISSING)
        log.info("consumer.deleted", consumer=consumer)
        await self._leaving(consumer)  # once more: what was made of it meanwhile saw it there
        return Response(status_code=204)


def _with_key(made: NewConsumer) -> dict[str, str]:
    return {"id": made.id, "name": made.name, "key": made.key, "created_at": made.created_at, **made.terms}


def _without_key(body: bytes) -> bytes:
    """Return the answer as it may be kept: a key is shown once."""
    return orjson.dumps(orjson.loads(body) | {"key": None})
