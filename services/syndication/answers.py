"""What syndication's API answers with, whatever it tells."""

from __future__ import annotations

from starlette.responses import Response

from shared.events import to_json


def answer(value: object, status: int = 200) -> Response:
    """Return a value as JSON, never to be cached."""
    return Response(to_json(value), status, {"cache-control": "no-store"}, "application/json")
