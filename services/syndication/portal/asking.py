"""Asks the API within this process as the principal who is signed in; what they may see and do is the API's to say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import orjson
from starlette.routing import Route

from shared.asgi import asked
from shared.auth import PRINCIPAL, Principal
from shared.web import application

SUBSCRIPTIONS = "/api/v1/subscriptions"


def path_of(id: str, rest: str = "") -> str:
    """Return the API's path of a subscription, or of what is below it."""
    return f"{SUBSCRIPTIONS}/{quote(id, safe='')}{rest}"


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
        wrong = "; ".join(f"{one['field']}: {one['message']}".removeprefix(": ") for one in self._errors)
        return wrong or str((self.content or {}).get("detail", "this did not work"))

    @property
    def faults(self) -> dict[str, str]:
        """What was wrong with which field."""
        found: dict[str, list[str]] = {}
        for one in self._errors:
            name, _, rest = one["field"].partition(".")
            part = rest.rpartition(".")[2]
            found.setdefault(name, []).append(_of(part, one["message"]) if part.isidentifier() else one["message"])
        return {name: "; ".join(messages) for name, messages in found.items()}

    @property
    def _errors(self) -> list[dict[str, str]]:
        return [] if self.well or not self.content else self.content.get("errors", [])


def _of(part: str, message: str) -> str:
    """Return what is wrong with a part of a field, as a sentence where it is the rest of one."""
    return f"{part.replace('_', ' ')}{' ' if message.startswith(('is ', 'must ')) else ': '}{message}"


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
        sent = b"" if body is None else orjson.dumps(body)
        answer = await asked(self._app, method, target, parts=(sent,), headers=headers or {}, scope={PRINCIPAL: who})
        return Said(answer.status, answer.json() if answer.body else None)
