"""Shows the publisher's public keys to everybody and rotates them for the admin; keeps them fresh in this process."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from time import time

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.syndication.feeds.conditional import matches
from services.syndication.webhooks.inputs import Rotation
from services.syndication.webhooks.signing_keys import NoSigningKeyError, SigningKeys
from services.syndication.webhooks.subscriptions import OVERLAP_SECONDS
from shared.auth import Guard
from shared.cors import OpenRoute
from shared.events import to_json
from shared.idempotency import Idempotency
from shared.openapi import Node, content, operation
from shared.problems import problem
from shared.requests import read_body, read_model
from shared.ticks import Tick

log = structlog.get_logger()

REFRESH_SECONDS = 5.0
FRESH_SECONDS = 300
"""Receivers may keep the keys for so long; while a rotation overlaps they have what verifies either way."""
BODY_LIMIT = 4_096
WELL_KNOWN, ROTATE = "/.well-known/jwks.json", "/api/v1/signing-keys/rotate"


class SigningKeysApi:
    """The routes, and the loop that learns of other replicas' rotations."""

    def __init__(
        self, *, guard: Guard, idempotency: Idempotency, keys: SigningKeys, seal: Callable[[], Awaitable[int]]
    ) -> None:
        self._guard, self._idempotency, self._keys, self._seal = guard, idempotency, keys, seal
        self._sealed = False
        self.tick = Tick("signing keys", REFRESH_SECONDS, self._refresh)

    @property
    def routes(self) -> list[Route]:
        """Return them."""
        return [
            OpenRoute(WELL_KNOWN, self._jwks, methods=["GET"]),
            Route(ROTATE, self._guard.admins(self._rotate), methods=["POST"]),
        ]

    async def _refresh(self) -> None:
        await self._keys.refresh()
        if not self._sealed:
            count = await self._seal()
            self._sealed = True
            if count:
                log.info("subscriptions.sealed", count=count)

    async def _jwks(self, request: Request) -> Response:
        try:
            body = to_json(self._keys.jwks(time()))
        except NoSigningKeyError as error:
            return problem(503, str(error), headers={"retry-after": "5"})
        tag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
        headers = {"cache-control": f"public, max-age={FRESH_SECONDS}", "etag": tag, "access-control-allow-origin": "*"}
        if matches(tag, request.headers.get("if-none-match", "")):
            return Response(status_code=304, headers=headers)
        return Response(body, media_type="application/jwk-set+json", headers=headers)

    async def _rotate(self, request: Request) -> Response:
        body = await read_body(request, BODY_LIMIT)
        if isinstance(body, Response):
            return body
        return await self._idempotency.once(request, body, lambda: self._rotated(body))

    async def _rotated(self, body: bytes) -> Response:
        given = read_model(Rotation, body or b"{}")
        if isinstance(given, Response):
            return given
        overlap = OVERLAP_SECONDS if given.overlap_seconds is None else given.overlap_seconds
        made = await self._keys.rotate(overlap)
        if made is None:
            return problem(409, "too many old keys still sign; wait for one to end")
        log.info("signing_key.rotated", kid=made.jwk["kid"], overlap_seconds=overlap)
        return Response(to_json({"key": made.jwk, "overlap_seconds": overlap}), media_type="application/json")


JWKS: Node = {"application/jwk-set+json": content("KeySet")["application/json"]}


def openapi_paths() -> Node:
    """Return the paths for the OpenAPI document."""
    made = "Make a new ed25519 key; the old one signs beside it for a while (operators)"
    return {
        WELL_KNOWN: {
            "get": operation("The ed25519 keys that verify v1a signatures (RFC 7517)", shown=JWKS, public=True)
        },
        ROTATE: {"post": operation(made, "Rotation", shown=content("SigningKey"), operators=True, once=True)},
    }
