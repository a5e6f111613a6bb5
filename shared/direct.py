"""Takes a path that was asked for before straight to the plain ASGI application behind its route."""

from __future__ import annotations

import inspect
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_PATHS = 4_096

Answer = tuple[Message, Message]
"""The start and the body of an answer."""


@runtime_checkable
class Instant(Protocol):
    """An application that may have its answer lying ready."""

    def instant(self, params: Mapping[str, Any]) -> Callable[[Scope], Answer | None] | None:
        """Return what tells the answer that lies ready for a path with these parameters, or None to be called."""


@dataclass(frozen=True, slots=True)
class Way:
    """Where a path leads."""

    app: ASGIApp
    params: Mapping[str, Any]
    instant: Callable[[Scope], Answer | None] | None


class Direct:
    """Remembers which route a path has led to: looking through a hundred routes costs more than most answers.

    Only GET and HEAD, and only routes whose endpoint is an application itself. One that raises before it answers is
    asked again by the long way, which knows how to tell what went wrong. One that has its answer ready is not even
    called.
    """

    def __init__(self, app: ASGIApp, routes: Sequence[BaseRoute]) -> None:
        self._app = app
        self._plain = {id(route.endpoint): route for route in routes if isinstance(route, Route) and _is_plain(route)}
        self._ways: OrderedDict[str, Way] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request as an ASGI application."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        way = self._ways.get(path)
        if way is None:
            await self._app(scope, receive, send)
            self._remember(path, scope)
        elif way.instant is not None and (ready := way.instant(scope)) is not None:
            start, body = ready
            await send(start)
            await send(body)
        elif not await _gone(way, scope, receive, send):
            await self._app(scope, receive, send)

    def _remember(self, path: str, scope: Scope) -> None:
        route = self._plain.get(id(scope.get("endpoint")))
        if route is None:
            return
        params = scope["path_params"]
        endpoint: object = route.endpoint
        instant = endpoint.instant(params) if isinstance(endpoint, Instant) else None
        self._ways[path] = Way(route.app, params, instant)
        if len(self._ways) > MOST_PATHS:
            self._ways.popitem(last=False)


async def _gone(way: Way, scope: Scope, receive: Receive, send: Send) -> bool:
    """Go a way that is known; return False where it failed before anything was answered."""
    answered = False

    async def answer(message: Message) -> None:
        nonlocal answered
        answered = True
        await send(message)

    try:
        # A copy: the long way, should it be needed, starts from what was asked.
        await way.app({**scope, "path_params": way.params}, receive, answer)
    except Exception:
        if answered:
            raise
        return False
    return True


def _is_plain(route: Route) -> bool:
    return not (inspect.isroutine(route.endpoint) or inspect.isclass(route.endpoint)) and "GET" in (route.methods or ())
