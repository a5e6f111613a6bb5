"""Asks an ASGI application one request as a client on this machine would, with nothing between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from starlette.types import ASGIApp

from shared.asgi import Answer, asked

__all__ = ["Answer", "ask"]

LOCAL = {"client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80)}


async def ask(
    app: ASGIApp,
    method: str,
    target: str,
    *,
    json: Any = None,
    body: bytes | Sequence[bytes] = b"",
    headers: Mapping[str, str] | None = None,
    token: str | None = None,
) -> Answer:
    """Send a request, its body in as many parts as given, and collect the whole answer."""
    parts = [orjson.dumps(json)] if json is not None else [body] if isinstance(body, bytes) else list(body)
    given = dict(headers or {}) | ({"authorization": f"Bearer {token}"} if token else {})
    return await asked(app, method, target, parts=parts, headers=given, scope=LOCAL)
