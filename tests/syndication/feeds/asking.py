"""Asks an ASGI application as a server would, without a socket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp


@dataclass(frozen=True, slots=True)
class Answer:
    """A response: its status, its headers by lower-case name, its body."""

    status: int
    headers: dict[str, str]
    body: bytes


async def ask(app: ASGIApp, target: str, method: str = "GET", **headers: str) -> Answer:
    """Send one request; header names are written with underscores."""
    path, _, query = target.partition("?")
    sent = [(name.replace("_", "-").lower().encode(), value.encode()) for name, value in headers.items()]
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": sent,
    }
    messages: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        messages.append(message)

    await app(scope, receive, send)
    start, *bodies = messages
    told = {name.decode(): value.decode() for name, value in start["headers"]}
    return Answer(start["status"], told, b"".join(part.get("body", b"") for part in bodies))
