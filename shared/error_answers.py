"""What a request is answered with that fails, by why: each a problem document; routes answer for what they judge."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import cast

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import ASGIApp, Scope

from shared.problems import problem
from shared.redis import RedisError, is_full, is_unwritable

log = structlog.get_logger()

Answer = Callable[[Request, Exception], Awaitable[Response]]


def answers_to_errors(routes: Sequence[BaseRoute], lost: ASGIApp | None) -> Mapping[type[Exception], Answer]:
    """Return what answers which error; people in a browser who ask for what there is not are answered by `lost`."""

    async def refused(request: Request, error: Exception) -> Response:
        nowhere = isinstance(error, HTTPException) and error.status_code == 404
        if lost is not None and nowhere and _in_browser(request):
            return cast("Response", lost)  # Starlette calls what it is given, and any application will do
        return await _refused(request, error, routes)

    return {HTTPException: refused, RedisError: _storage_away, ClientDisconnect: _gone, Exception: _failed}


def _in_browser(request: Request) -> bool:
    return request.method in {"GET", "HEAD"} and "text/html" in request.headers.get("accept", "")


async def _refused(request: Request, error: Exception, routes: Sequence[BaseRoute]) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    detail = {
        404: f"there is nothing at {request.url.path[:200]}",
        405: f"{request.method} is not allowed here",
    }.get(error.status_code, str(error.detail))
    headers = {"allow": _allowed(request.scope, routes)} if error.status_code == 405 else error.headers
    return problem(error.status_code, detail, headers=headers)


def _allowed(scope: Scope, routes: Sequence[BaseRoute]) -> str:
    """Return what every route of a path takes (RFC 9110 section 10.2.1); Starlette names what its first one does."""
    leading = [route for route in routes if isinstance(route, Route) and route.matches(scope)[0] is not Match.NONE]
    return ", ".join(sorted({method for route in leading for method in route.methods or ()}))


async def _gone(request: Request, _error: Exception) -> Response:
    log.debug("request.abandoned", method=request.method, path=request.url.path)
    return problem(400, "the body ended before it was whole")


async def _storage_away(request: Request, error: Exception) -> Response:
    log.warning("request.postponed", path=request.url.path, error=f"{type(error).__name__}: {error}"[:300])
    return problem(503, f"the store {_trouble(error)}; try again shortly", headers={"retry-after": "5"})


def _trouble(error: Exception) -> str:
    if is_full(error):
        return "is full"
    return "cannot write to its disk" if is_unwritable(error) else "does not answer"


async def _failed(request: Request, error: Exception) -> Response:
    log.error("request.failed", method=request.method, path=request.url.path, exc_info=error)
    return problem(500, "this request failed here; the log says why")
