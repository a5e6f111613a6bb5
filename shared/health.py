"""Alive and ready, and the metrics: what an orchestrator and Prometheus ask every service."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from shared.auth import Guard
from shared.metrics import REGISTRY, UNPUBLISHED
from shared.redis import RedisError, Store
from shared.refusals import Refusals
from shared.ticks import Tick

ANSWER_SECONDS = 2.0

Check = Callable[[], str | None]


def refusing(told: Mapping[str, Any]) -> list[str]:
    """Return in words why a server takes no writes, by what it says of its memory and its files."""
    found = []
    most = told["maxmemory"]
    if 0 < most <= told["used_memory"]:
        found.append(f"the store is full: all of its {most} bytes are used")
    if told.get("aof_last_write_status", "ok") != "ok":
        found.append("the store cannot write its append-only file, and takes nothing until it can: is its disk full?")
    return found


class Health:
    """Answers for one process; `checks` say in words what is wrong, or None."""

    def __init__(
        self,
        store: Store,
        checks: Sequence[Check],
        loops: Callable[[], Sequence[Tick]],
        guard: Guard,
        refusals: Refusals,
    ) -> None:
        self._store, self._checks, self._loops, self._guard = store, checks, loops, guard
        self._refusals = refusals

    @property
    def routes(self) -> list[Route]:
        """`/healthz`, `/readyz` and `/metrics`."""
        return [
            Route("/healthz", self._healthz),
            Route("/readyz", self._readyz),
            Route("/metrics", self._metrics),
        ]

    async def problems(self) -> list[str]:
        """Return in words everything that keeps this process from its work.

        Anybody may read them: they name no address, key or text of an error; the log has those.
        """
        found = [reason for check in self._checks if (reason := check())]
        found += [f"the loop '{loop.name}' has stopped" for loop in self._loops() if not loop.running]
        found += [f"the loop '{loop.name}' fails" for loop in self._loops() if loop.failed]
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                servers = await self._store.servers()
                told = await asyncio.gather(*(server.client.info("memory", "persistence") for server in servers))
        except (RedisError, OSError, TimeoutError):
            return ["Redis does not answer"]  # the rest follows from it
        return [reason for each in told for reason in refusing(each)] + found

    async def warnings(self, *, whole: bool) -> list[str]:
        """Return in words what is to be mended while the work goes on; the `whole` is for the admin alone."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                refused = await self._refusals.all()
        except (RedisError, OSError, TimeoutError):
            return []  # `problems` says so
        return list(dict.fromkeys(one.whole if whole else one.told for one in refused))

    async def _healthz(self, _request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def _readyz(self, request: Request) -> Response:
        problems = await self.problems()
        warnings = await self.warnings(whole=self._guard.is_admin(request))
        status = "not ready" if problems else "ready"
        told = {"status": status, "problems": problems, "warnings": warnings}
        return JSONResponse(told, 503 if problems else 200)

    async def _metrics(self, request: Request) -> Response:
        """Anybody may ask; what is not published yet is told with the admin token alone."""
        body = generate_latest(REGISTRY)
        if self._guard.is_admin(request):
            body += generate_latest(UNPUBLISHED)
        return Response(body, headers={"cache-control": "no-store"}, media_type=CONTENT_TYPE_LATEST)
