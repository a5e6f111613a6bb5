"""Idempotency-Key on requests that create: the same key and body get the same answer, for a day."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from shared.problems import problem
from shared.redis import RedisError, Store

HEADER = "idempotency-key"
KEPT_SECONDS = 86_400
UNDER_WAY_SECONDS = 60
LONGEST = 255


class Idempotency:
    """Remembers answers by (caller, path, key); follows draft-ietf-httpapi-idempotency-key-header."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def once(
        self,
        request: Request,
        body: bytes,
        work: Callable[[], Awaitable[Response]],
        *,
        keep: Callable[[bytes], bytes] = bytes,
    ) -> Response:
        """Do the work and keep its answer, or give the answer kept; without the header, just do the work.

        `keep` says what of the answer's body is kept, for answers that show a secret once. Raises RedisError.
        """
        key = request.headers.get(HEADER)
        if key is None:
            return await work()
        if not key or len(key) > LONGEST:
            return problem(422, f"Idempotency-Key must have 1 to {LONGEST} characters")
        name = self._name(request, key)
        mark = hashlib.sha256(body).hexdigest()
        first = await self._store.do("SET", name, orjson.dumps({"mark": mark}), "NX", "EX", UNDER_WAY_SECONDS)
        if not first:
            return await self._again(name, mark)
        try:
            response = await work()
        except BaseException:
            with suppress(RedisError):
                await self._store.do("DEL", name)
            raise
        # What was made must be told even when it cannot be kept: it may hold the only sight of a secret.
        with suppress(RedisError):
            await self._keep(name, mark, response, keep)
        return response

    async def _keep(self, name: str, mark: str, response: Response, keep: Callable[[bytes], bytes]) -> None:
        if response.status_code >= 400:  # what was refused may be right a moment later
            await self._store.do("DEL", name)
            return
        kept = {
            "mark": mark,
            "status": response.status_code,
            "type": response.headers.get("content-type", "application/json"),
            "body": base64.b64encode(keep(bytes(response.body))).decode(),
        }
        await self._store.do("SET", name, orjson.dumps(kept), "EX", KEPT_SECONDS)

    async def _again(self, name: str, mark: str) -> Response:
        kept = await self._store.do("GET", name)
        known: dict[str, Any] = orjson.loads(kept) if kept else {"mark": mark}
        if known["mark"] != mark:
            return problem(422, "this Idempotency-Key was used with another body")
        if "status" not in known:
            return problem(409, "a request with this Idempotency-Key is under way", headers={"retry-after": "1"})
        return Response(
            base64.b64decode(known["body"]),
            known["status"],
            {"content-type": known["type"], "idempotency-replayed": "true"},
        )

    def _name(self, request: Request, key: str) -> str:
        caller = request.headers.get("authorization", "")
        whole = f"{caller}\0{request.method}\0{request.url.path}\0{key}"
        return f"idempotency:{hashlib.sha256(whole.encode()).hexdigest()}"
