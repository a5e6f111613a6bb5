"""Answers that ingest's routes share."""

from __future__ import annotations

from starlette.responses import Response

from services.ingest.pressure import RETRY_AFTER
from shared.events import to_json
from shared.problems import problem


def answer(value: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return a value as JSON, never to be cached."""
    return Response(to_json(value), status, {"cache-control": "no-store"} | (headers or {}), "application/json")


def busy(detail: str) -> Response:
    """Return the 503 that asks to come back shortly."""
    return problem(503, detail, headers={"retry-after": str(RETRY_AFTER)})
