"""The routes to have articles completed anew, and to see how far it is; the admin's alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shared.auth import Guard
from shared.events import to_json
from shared.idempotency import Idempotency
from shared.problems import problem
from shared.query import QueryError, parse
from shared.recalls import Progress, Recall, Recalls
from shared.requests import read_body, read_model, unreadable
from shared.times import GivenMoment

BODY_LIMIT = 64 * 1024
PATH = "/api/v1/re-enrich"


class RecallIn(BaseModel):
    """What to complete anew: what came since a moment, and matches a query where one is given."""

    model_config = ConfigDict(extra="forbid")
    since: GivenMoment
    filter: Annotated[str, Field(max_length=4_000)] = ""


class RecallRoutes:
    """POST /api/v1/re-enrich, and GET of one request."""

    def __init__(
        self,
        recalls: Recalls,
        guard: Guard,
        idempotency: Idempotency,
        now: Callable[[], datetime],
    ) -> None:
        self._recalls, self._guard, self._idempotency, self._now = recalls, guard, idempotency, now

    @property
    def routes(self) -> list[Route]:
        """Both of them."""
        return [
            Route(PATH, self._guard.admins(self.ask), methods=["POST"]),
            Route(f"{PATH}/{{id}}", self._guard.admins(self.show)),
        ]

    async def ask(self, request: Request) -> Response:
        """Take a request: 202 with its id, under which its progress is found for a week."""
        body = await read_body(request, BODY_LIMIT)
        if isinstance(body, Response):
            return body
        given = read_model(RecallIn, body)
        if isinstance(given, Response):
            return given
        try:
            parse(given.filter)
        except QueryError as error:
            return unreadable("filter", error)
        return await self._idempotency.once(request, body, lambda: self._ask(given))

    async def show(self, request: Request) -> Response:
        """Say how far a request is."""
        found = await self._recalls.get(request.path_params["id"])
        if found is None:
            return problem(404, "there is no such request; it is kept for a week")
        return Response(to_json(shown(*found)), 200, {"cache-control": "no-store"}, "application/json")

    async def _ask(self, given: RecallIn) -> Response:
        recall = Recall(id=uuid4().hex[:16], since=given.since, filter=given.filter, reason="asked for by the admin")
        await self._recalls.ask(recall, self._now())
        headers = {"cache-control": "no-store", "location": f"{PATH}/{recall.id}"}
        return Response(to_json(shown(recall, Progress())), 202, headers, "application/json")


def shown(recall: Recall, progress: Progress) -> dict[str, Any]:
    """Return a request as the API shows it: `total` ledger entries to look through, `done` of them so far."""
    total = max(0, progress.last - progress.first + 1) if progress.last else 0
    return {
        "id": recall.id,
        "status": progress.status,
        "since": recall.since,
        "filter": recall.filter,
        "total": total,
        "done": max(0, progress.at - progress.first + 1) if total else 0,
        "recalled": progress.recalled,
        "reason": progress.reason or recall.reason,
    }
