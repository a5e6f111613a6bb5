"""Reading what a request brings: bodies capped before they are held, models checked, numbers bounded."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError
from starlette.requests import Request
from starlette.responses import Response

from shared.faults import faults
from shared.numbers import whole
from shared.problems import problem
from shared.query import Query, QueryError, parse

Input = TypeVar("Input", bound=BaseModel)

READ_SECONDS = 30.0
NOT_JSON = "Invalid JSON: "


async def read_body(request: Request, limit: int) -> bytes | Response:
    """Return the body, or the response that refuses it: 413 past `limit` bytes, 408 when it does not come in time.

    Raises ClientDisconnect.
    """
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and whole(declared, limit) is None:
        return too_large(limit)
    parts, size = [], 0
    try:
        async with asyncio.timeout(READ_SECONDS):
            async for part in request.stream():
                size += len(part)
                if size > limit:
                    return too_large(limit)
                parts.append(part)
    except TimeoutError:
        return problem(408, f"the body did not come within {READ_SECONDS:g} s", headers={"connection": "close"})
    return b"".join(parts)


def too_large(limit: int) -> Response:
    """Return the 413 for a body over the limit; the connection is not used again, for it may hold the rest."""
    return problem(413, f"the body is larger than {limit} bytes", headers={"connection": "close"})


def read_model(model: type[Input], body: bytes) -> Input | Response:
    """Return the body as a model, or the 422 that names every field that is wrong."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        return invalid(error)


def invalid(error: ValidationError) -> Response:
    """Return the 422 for a body that is no JSON, or has fields that are wrong, missing or unknown."""
    errors = faults(error)[:50]
    field, why = errors[0]
    if why.startswith(NOT_JSON):
        return problem(422, f"the body is not valid JSON: {why.removeprefix(NOT_JSON)}")
    told = error.errors(include_input=False, include_url=False)
    positions = [fault["ctx"]["position"] for fault in told if fault["type"] == "query"]
    extra = {"position": positions[0]} if positions else {}
    if len(errors) == 1:
        return problem(422, f"{field or 'the body'}: {why}", errors=errors, extra=extra)
    named = ", ".join(field for field, _ in errors[:5])
    return problem(422, f"the body has fields that are wrong: {named}", errors=errors, extra=extra)


def asked_query(request: Request) -> Query | Response | None:
    """Return the parameter `q` as a query, None when it is blank, or the 422 that says where it is wrong."""
    text = request.query_params.get("q", "")
    try:
        return parse(text) if text.strip() else None
    except QueryError as error:
        return unreadable("q", error)


def unreadable(field: str, error: QueryError, headers: Mapping[str, str] | None = None) -> Response:
    """Return the 422 for a query; its `position` is the 0-based character where the query goes wrong."""
    extra = {"position": error.position}
    return problem(422, f"{field}: {error}", errors=[(field, str(error))], headers=headers, extra=extra)


def readable(text: str) -> Query:
    """Return a query in a model's field; where it cannot be read, the 422 for the model tells the position too."""
    try:
        return parse(text)
    except QueryError as error:
        raise PydanticCustomError("query", "{said}", {"said": str(error), "position": error.position}) from None


def whole_number(request: Request, name: str, default: int, *, least: int, most: int) -> int | Response:
    """Return a query parameter as a whole number within bounds, or the 422 that names it."""
    text = request.query_params.get(name)
    if text is None:
        return default
    number = whole(text, most)
    if number is None or number < least:
        return problem(
            422, f"{name} must be a whole number from {least} to {most}", errors=[(name, f"not {text[:40]!r}")]
        )
    return number
