"""Reading what a request brings: bodies capped before they are held, models checked, numbers bounded."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from shared.problems import problem

Input = TypeVar("Input", bound=BaseModel)

READ_SECONDS = 30.0
DISCARDED = 16 * 1024 * 1024
DISCARD_SECONDS = 5.0


async def read_body(request: Request, limit: int) -> bytes | Response:
    """Return the body, or the response that refuses it: 413 past `limit` bytes, 408 when it does not come in time.

    What is too large is read on for a while, for nothing: closed with bytes unread, a connection is reset, and the
    answer may be lost with it (RFC 9112 section 9.6). Raises ClientDisconnect.
    """
    declared = request.headers.get("content-length", "")
    body = _Body(limit, over=declared.isdecimal() and int(declared) > limit)
    with suppress(TimeoutError):
        async with asyncio.timeout(DISCARD_SECONDS if body.over else READ_SECONDS) as clock:
            async for part in request.stream():
                body.take(part)
                if body.over:
                    clock.reschedule(min(clock.when() or 0.0, asyncio.get_running_loop().time() + DISCARD_SECONDS))
                if body.size > limit + DISCARDED:
                    break
            body.whole = True
    if body.over:
        return too_large(limit)
    return b"".join(body.parts) if body.whole else problem(408, f"the body did not come within {READ_SECONDS:g} s")


class _Body:
    def __init__(self, limit: int, *, over: bool) -> None:
        self.limit, self.over, self.whole = limit, over, False
        self.size = 0
        self.parts: list[bytes] = []

    def take(self, part: bytes) -> None:
        self.size += len(part)
        self.over = self.over or self.size > self.limit
        if self.over:
            self.parts.clear()
        else:
            self.parts.append(part)


def too_large(limit: int) -> Response:
    """Return the 413 for a body over the limit; the connection closes, since the rest was not read."""
    return problem(413, f"the body is larger than {limit} bytes", headers={"connection": "close"})


def read_model(model: type[Input], body: bytes) -> Input | Response:
    """Return the body as a model, or the 422 that names every field that is wrong."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        return invalid(error)


def invalid(error: ValidationError) -> Response:
    """Return the 422 for a body that is no JSON, or has fields that are wrong, missing or unknown."""
    faults = error.errors(include_input=False, include_url=False, include_context=False)
    errors = [(".".join(str(part) for part in fault["loc"]), fault["msg"]) for fault in faults[:50]]
    if faults[0]["type"] == "json_invalid":
        return problem(422, f"the body is not valid JSON: {faults[0]['msg'].removeprefix('Invalid JSON: ')}")
    named = ", ".join(field for field, _ in errors[:5])
    return problem(422, f"the body has fields that are wrong: {named}", errors=errors)


def whole_number(request: Request, name: str, default: int, *, least: int, most: int) -> int | Response:
    """Return a query parameter as a whole number within bounds, or the 422 that names it."""
    text = request.query_params.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and least <= int(text) <= most):
        return problem(
            422, f"{name} must be a whole number from {least} to {most}", errors=[(name, f"not {text[:40]!r}")]
        )
    return int(text)
