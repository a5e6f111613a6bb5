"""Errors over HTTP as RFC 9457 problem documents; which error is said when is left to the caller."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from starlette.responses import Response

from shared.events import to_json

NOTHING: Mapping[str, object] = MappingProxyType({})
MEDIA_TYPE = "application/problem+json"


def problem(
    status: int,
    detail: str,
    *,
    title: str | None = None,
    errors: Iterable[tuple[str, str]] = (),
    headers: Mapping[str, str] | None = None,
    extra: Mapping[str, object] = NOTHING,
) -> Response:
    """Return a problem document (RFC 9457 section 3) of type about:blank.

    `errors` are (field, message) pairs, written as `"errors": [{"field", "message"}]` when there are any;
    `title` is the phrase of the status unless given; `extra` are members of one's own (section 3.2).
    """
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": title or phrase(status),
        "status": status,
        "detail": detail,
        **extra,
    }
    wrong = [{"field": field, "message": message} for field, message in errors]
    if wrong:
        document["errors"] = wrong
    return Response(to_json(document), status, headers, media_type=MEDIA_TYPE)


def phrase(status: int) -> str:
    """Return the registered phrase of a status, or `Status <n>` for one that has none."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"Status {status}"
