"""Reads the forms that the portal's own pages send, and refuses those of any other page."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response

from services.syndication.portal.session import Session
from shared.problems import problem
from shared.requests import read_body

LIMIT = 65_536
MOST_FIELDS = 100
ONCE = re.compile(r"[A-Za-z0-9_-]{8,64}")
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


def once(session: Session, fields: Mapping[str, str]) -> dict[str, str]:
    """Return the header by which a form that is sent twice acts once; nobody else's session can have the same."""
    given = fields.get("once", "")
    return {"idempotency-key": f"{session.nonce}.{given if ONCE.fullmatch(given) else secrets.token_urlsafe(9)}"}


def foreign(request: Request) -> bool:
    """Tell whether another site's page sent a request (Fetch Metadata; Origin, RFC 6454, for who has not that)."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return True
    origin = request.headers.get("origin")
    return origin is not None and origin.partition("://")[2] != request.headers.get("host")
