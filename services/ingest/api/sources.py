"""Adding, showing, changing and polling sources over HTTP; the polling itself is left to poller."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog
import zstandard
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.ingest.api.answers import answer
from services.ingest.fetch import MAX_BYTES
from services.ingest.health import FORGOTTEN, after_change
from services.ingest.identity import source_id_of
from services.ingest.source import LONGEST_INTERVAL, POLLED, NewSource, Settings, Source, SourceChange, shown
from services.ingest.store import SourceStore
from shared.auth import Guard
from shared.idempotency import Idempotency
from shared.problems import problem
from shared.requests import read_body, read_model, whole_number

log = structlog.get_logger()

BODY_LIMIT = 64 * 1024
ATTACHED = 'attachment; filename="document"'
"""Somebody else's bytes: saved, never shown by a browser in this origin's name."""

FILE = "this source stands in sources.toml: change it there"

Check = Callable[[str], Awaitable[str | None]]
"""Says in words that follow "url" why an address may not be asked, or None."""


class Sources:
    """The routes below /api/v1/sources, for the admin."""

    def __init__(
        self,
        sources: SourceStore,
        guard: Guard,
        idempotency: Idempotency,
        check: Check,
        now: Callable[[], datetime],
        wake: Callable[[], None],
    ) -> None:
        self._sources, self._guard, self._idempotency = sources, guard, idempotency
        self._check, self._now, self._wake = check, now, wake

    @property
    def routes(self) -> list[Route]:
        """All of them."""
        one = "/api/v1/sources/{id}"
        return [
            Route("/api/v1/sources", self._guard.admins(self.list_or_add), methods=["GET", "POST"]),
            Route(one, self._guard.admins(self.one), methods=["GET", "PATCH", "DELETE"]),
            Route(f"{one}/document", self._guard.admins(self.document), methods=["GET"]),
            Route(f"{one}/poll", self._guard.admins(self.poll), methods=["POST"]),
        ]

    async def list_or_add(self, request: Request) -> Response:
        """GET: sources by id, `limit` of them after `after`. POST: add one."""
        return await (self._add(request) if request.method == "POST" else self._list(request))

    async def one(self, request: Request) -> Response:
        """GET, PATCH or DELETE a source."""
        source = await self._sources.get(request.path_params["id"])
        if source is None:
            return _none(request)
        match request.method:
            case "PATCH":
                return await self._change(request, source)
            case "DELETE":
                return await self._delete(source)
            case _:
                return answer(shown(source, self._now()))

    async def poll(self, request: Request) -> Response:
        """Have a feed polled now."""
        source = await self._sources.get(request.path_params["id"])
        if source is None:
            return _none(request)
        if not source.polled:
            why = f"is {source.status}" if source.settings.kind in POLLED else f"comes by {source.settings.kind}"
            return problem(409, f"{source.settings.id} {why}, so it is not polled")
        await self._sources.due(source.settings.id, self._now().timestamp())
        self._wake()
        return answer({"id": source.settings.id, "status": "queued"}, 202)

    async def document(self, request: Request) -> Response:
        """Give the document that was last not read whole, byte for byte; it is kept for a week."""
        id = request.path_params["id"]
        packed = await self._sources.raw(id)
        if packed is None:
            return problem(404, f"no document of {id[:100]!r} is kept: its last ones were read whole, or it has none")
        body = await asyncio.to_thread(zstandard.decompress, packed, max_output_size=MAX_BYTES)
        headers = {"cache-control": "no-store", "x-content-type-options": "nosniff", "content-disposition": ATTACHED}
        return Response(body, headers=headers, media_type="application/octet-stream")

    async def _list(self, request: Request) -> Response:
        limit = whole_number(request, "limit", 200, least=1, most=1000)
        if isinstance(limit, Response):
            return limit
        after = request.query_params.get("after", "")
        ids = [id for id in await self._sources.ids() if id > after]
        found = await self._sources.some(ids[:limit])
        more = ids[limit - 1] if len(ids) > limit else None
        return answer({"sources": [shown(source, self._now()) for source in found], "next": more})

    async def _add(self, request: Request) -> Response:
        body = await read_body(request, BODY_LIMIT)
        if isinstance(body, Response):
            return body
        return await self._idempotency.once(request, body, lambda: self._make(body))

    async def _make(self, body: bytes) -> Response:
        given = read_model(NewSource, body)
        if isinstance(given, Response):
            return given
        refusal = await self._wrong(given)
        if refusal is not None:
            return refusal
        settings = await self._added(given)
        if settings is None:
            return problem(409, f"there is a source {given.id} already", errors=[("id", "is taken")])
        id = settings.id
        log.info("source.added", source=id, kind=settings.kind, origin="api")
        if settings.kind in POLLED:
            await self._sources.due(id, self._now().timestamp())
            self._wake()
        return answer(shown(Source(settings), self._now()), 201, {"location": f"/api/v1/sources/{id}"})

    async def _added(self, given: NewSource) -> Settings | None:
        """Add a source; None when the id given is taken, while one that we choose is chosen again."""
        while True:
            id = given.id or await self._free_id(given.url or "")
            settings = Settings(**given.model_dump(exclude={"id"}), id=id, origin="api")
            if await self._sources.add(settings):
                return settings
            if given.id is not None:
                return None

    async def _wrong(self, given: NewSource) -> Response | None:
        if given.url is None:
            if given.kind in POLLED or given.id is None:
                missing = "url" if given.kind in POLLED else "id"
                return problem(422, f"a {given.kind} source needs its {missing}", errors=[(missing, "is needed")])
            return None
        refusal = await self._check(given.url) if given.kind in POLLED else None
        return problem(422, f"url {refusal}", errors=[("url", refusal)]) if refusal else None

    async def _free_id(self, url: str) -> str:
        taken, base = set(await self._sources.ids()), source_id_of(url)
        numbered = (f"{base[:58]}-{number}" for number in range(2, len(taken) + 3))
        return base if base not in taken else next(id for id in numbered if id not in taken)

    async def _change(self, request: Request, source: Source) -> Response:
        body = await read_body(request, BODY_LIMIT)
        given = body if isinstance(body, Response) else read_model(SourceChange, body)
        if isinstance(given, Response):
            return given
        if source.settings.origin == "file":
            return problem(409, FILE)
        refusal = await self._check(given.url) if given.url else None
        if refusal:
            return problem(422, f"url {refusal}", errors=[("url", refusal)])
        update = given.model_dump(exclude_unset=True)
        nulled = [name for name in ("url", "active") if name in update and update[name] is None]
        if nulled:
            return problem(422, "a setting cannot be null", errors=[(name, "cannot be null") for name in nulled])
        found: Source | None = source
        while found is not None:
            settings = found.settings.model_copy(update=update)
            if (settings.shortest_minutes or 0) > (settings.longest_minutes or LONGEST_INTERVAL):
                wrong = "must not be more than longest_minutes"
                return problem(422, f"shortest_minutes {wrong}", errors=[("shortest_minutes", wrong)])
            if await self._sources.change(found.settings, update):
                return await self._changed(found, settings, update)
            found = await self._sources.get(source.settings.id)  # as another change left it
        return _none(request)

    async def _changed(self, source: Source, settings: Settings, update: dict[str, object]) -> Response:
        id = settings.id
        fields = FORGOTTEN if update.get("active") else after_change(source.settings, settings)
        if fields:
            await self._sources.note(id, fields)
        if settings.kind in POLLED and settings.active:
            await self._sources.due(id, self._now().timestamp())
            self._wake()
        else:
            await self._sources.never(id)
        log.info("source.changed", source=id, fields=sorted(update))
        return answer(shown(await self._sources.get(id) or Source(settings), self._now()))

    async def _delete(self, source: Source) -> Response:
        if source.settings.origin == "file" and source.settings.active:
            return problem(409, FILE)
        await self._sources.delete(source.settings.id)
        log.info("source.deleted", source=source.settings.id)
        return Response(status_code=204)


def _none(request: Request) -> Response:
    return problem(404, f"there is no source {request.path_params['id'][:100]!r}")
