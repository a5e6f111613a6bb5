"""Lists of feeds over HTTP: all feed sources as OPML, and OPML as new sources; polling them is left to poller."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.ingest.api.answers import answer
from services.ingest.document import Unreadable
from services.ingest.opml import Line, Sorted, key, sort, written
from services.ingest.parse import read_opml
from services.ingest.source import Settings
from services.ingest.store import SourceStore
from shared.auth import Guard
from shared.idempotency import Idempotency
from shared.problems import problem
from shared.requests import read_body

log = structlog.get_logger()

BODY_LIMIT = 8 * 1024 * 1024
MOST_FEEDS = 10_000
BATCH = 100
RACED = "another source took its id just now; import the list again"
AT_ONCE = 10
"""New sources that are polled at once; the first polls of more are spread over their interval."""

Check = Callable[[str], Awaitable[str | None]]
"""Says in words that follow "url" why an address may not be asked, or None."""


class Opml:
    """GET and POST /api/v1/sources/opml, for the admin."""

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
        """The one; it must stand before those of a single source."""
        return [Route("/api/v1/sources/opml", self._guard.admins(self.opml), methods=["GET", "POST"])]

    async def opml(self, request: Request) -> Response:
        """GET: the feed sources as OPML. POST: add the feeds of one, and answer what became of each."""
        if request.method != "POST":
            body = await asyncio.to_thread(written, await self._sources.all(), self._now())
            headers = {"cache-control": "no-store", "content-disposition": 'attachment; filename="sources.opml"'}
            return Response(body, headers=headers, media_type="text/x-opml")
        given = await read_body(request, BODY_LIMIT)
        if isinstance(given, Response):
            return given
        kind = request.headers.get("content-type", "")
        return await self._idempotency.once(request, given, lambda: self._take(given, kind))

    async def _take(self, body: bytes, content_type: str) -> Response:
        outlines = await asyncio.to_thread(read_opml, body, content_type)
        if isinstance(outlines, Unreadable):
            return problem(422, f"the body cannot be read as OPML: {outlines.reason}")
        if len(outlines) > MOST_FEEDS:
            return problem(422, f"the list has more than {MOST_FEEDS:,} feeds; send it in parts")
        sources = await self._sources.all()
        known = {key(url): one.settings.id for one in sources for url in (one.settings.url, one.address) if url}
        taken = {one.settings.id for one in sources}
        found = await self._checked(await asyncio.to_thread(sort, outlines, known, taken))
        added, raced = await self._add(found.new)
        lines = {"added": added, "known": found.known, "refused": (*found.refused, *raced)}
        counts = {name: len(each) for name, each in lines.items()}
        log.info("sources.imported", **counts)
        return answer({"counts": counts, **{name: [asdict(one) for one in each] for name, each in lines.items()}})

    async def _checked(self, found: Sorted) -> Sorted:
        """Refuse addresses by number that may not be asked; names are judged when they are polled."""
        refused: dict[str, Line] = {}
        for one in found.new:
            url = one.url or ""
            reason = await self._check(url) if _literal(url) else None
            if reason:
                refused[one.id] = Line(url=url, title=one.name, reason=f"the address {reason}")
        new = tuple(one for one in found.new if one.id not in refused)
        return Sorted(new=new, known=found.known, refused=(*found.refused, *refused.values()))

    async def _add(self, new: Sequence[Settings]) -> tuple[list[Line], list[Line]]:
        """Register sources and plan their first polls; killed between, the next import adds the rest."""
        moment = self._now().timestamp()
        added: list[Line] = []
        raced: list[Line] = []
        for start in range(0, len(new), BATCH):
            batch = new[start : start + BATCH]
            ours = await asyncio.gather(*(self._sources.add(one) for one in batch))
            places = [(at, one) for at, (one, mine) in enumerate(zip(batch, ours, strict=True), start) if mine]
            await asyncio.gather(
                *(self._sources.due_if_unplanned(one.id, moment + wait(at, len(new), one)) for at, one in places)
            )
            added += [Line(url=one.url or "", title=one.name, id=one.id) for _, one in places]
            lost = [one for one, mine in zip(batch, ours, strict=True) if not mine]
            raced += [Line(url=one.url or "", title=one.name, reason=RACED) for one in lost]
        self._wake()
        return added, raced


def wait(place: int, count: int, settings: Settings) -> float:
    """Return in how many seconds a new source is polled first: few at once, many over one interval."""
    return 0.0 if count <= AT_ONCE else settings.interval * 60 * place / count


def _literal(url: str) -> bool:
    try:
        ip_address(urlsplit(url).hostname or "")
    except ValueError:
        return False
    return True
