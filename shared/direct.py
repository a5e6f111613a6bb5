"""Takes a path that was asked for before straight to the plain ASGI application behind its route."""

from __future__ import annotations

import inspect
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_PATHS = 4_096

Way = tuple[ASGIApp, Mapping[str, Any]]


class Direct:
    """Remembers which route a path has led to: looking through a hundred routes costs more than most answers.

    Only GET and HEAD, and only routes whose endpoint is an application itself. One that raises before it answers is
    asked again by the long way, which knows how to tell what went wrong.
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
        elif not await _gone(way, scope, receive, send):
            await self._app(scope, receive, send)

    def _remember(self, path: str, scope: Scope) -> None:
        route = self._plain.get(id(scope.get("endpoint")))
        if route is None:
            return
        self._ways[path] = (route.app, scope["path_params"])
        if len(self._ways) > MOST_PATHS:
            self._ways.popitem(last=False)


async def _gone(way: Way, scope: Scope, receive: Receive, send: Send) -> bool:
    """Go a way that is known; return False where it failed before anything was answered."""
    app, params = way
    answered = False

    async def answer(message: Message) -> None:
        nonlocal answered
        answered = True
        await send(message)

    try:
        # A copy: the long way, should it be needed, starts from what was asked.
        await app({**scope, "path_params": params}, receive, answer)
    except Exception:
        if answered:
            raise
        return False
    return True


def _is_plain(route: Route) -> bool:
    return not (inspect.isroutine(route.endpoint) or inspect.isclass(route.endpoint)) and "GET" in (route.methods or ())
