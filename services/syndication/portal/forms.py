"""Reads the forms that the portal's own pages send, and refuses those of any other page."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from shared.problems import problem
from shared.requests import read_body

LIMIT = 16_384
MOST_FIELDS = 30
TYPE = "application/x-www-form-urlencoded"


async def read_form(request: Request) -> Mapping[str, str] | Response:
    """Return a form's fields, the last of each name, or the answer that refuses it. Raises ClientDisconnect."""
    if foreign(request):
        return problem(403, "this form was not sent by a page of ours")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != TYPE:
        return problem(415, f"a form is sent as {TYPE}")
    body = await read_body(request, LIMIT)
    if isinstance(body, Response):
        return body
    try:
        fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return problem(422, "the form cannot be read")
    return {name: values[-1] for name, values in fields.items()}


def foreign(request: Request) -> bool:
    """Tell whether another site's page sent a request (Fetch Metadata; Origin, RFC 6454, for who has not that)."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return True
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != request.headers.get("host")
