"""Asks the API within this process as the principal who is signed in; what they may see and do is the API's to say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.routing import Route
from starlette.types import Message

from shared.auth import PRINCIPAL, Principal
from shared.web import application


@dataclass(frozen=True, slots=True)
class Said:
    """What the API answered: its status and its JSON."""

    status: int
    content: Any

    @property
    def well(self) -> bool:
        """Whether it did as it was asked."""
        return 200 <= self.status < 300

    @property
    def fault(self) -> str:
        """What was wrong, in its words."""
        if self.well:
            return ""
        wrong = "; ".join(f"{one['field']}: {one['message']}" for one in self.content.get("errors", ()))
        return wrong or str(self.content.get("detail", "this did not work"))


class Api:
    """The API's own routes, without a connection between."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self._app = application(routes)

    async def ask(
        self,
        who: Principal,
        method: str,
        target: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Said:
        """Return what the API answers this principal."""
        path, _, query = target.partition("?")
        sent = b"" if body is None else orjson.dumps(body)
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()],
            "client": None,
            "server": None,
            PRINCIPAL: who,
        }
        answered: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": sent, "more_body": False}

        async def send(message: Message) -> None:
            answered.append(message)

        await self._app(scope, receive, send)
        content = b"".join(message.get("body", b"") for message in answered[1:])
        return Said(answered[0]["status"], orjson.loads(content) if content else None)
