"""Makes each source its polite way of asking: a GET in its turn, with its credentials for its own host alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from services.ingest.fetch import Failed, FetchOutcome, Get, Throttled, fetch
from services.ingest.reader import Ask
from services.ingest.source import SHUT, Source
from services.ingest.turns import Later, Turns, host_of

PATIENCE_SECONDS = 60.0
"""For a host that asks for patience without saying how long."""


class Asking:
    """Makes an `Ask` for a source."""

    def __init__(self, get: Get, turns: Turns, now: Callable[[], datetime]) -> None:
        self._get, self._turns, self._now = get, turns, now

    def of(self, source: Source) -> Ask:
        """Return how this source's addresses are asked."""
        home, authorization = host_of(source.settings.url or ""), source.settings.authorization

        async def ask(
            url: str,
            *,
            accept: str | None = None,
            etag: str | None = None,
            last_modified: str | None = None,
            headers: Mapping[str, str] | None = None,
        ) -> FetchOutcome:
            host = host_of(url)
            if source.settings.shut:
                return Failed(SHUT)
            if not host:
                return Failed("is not a web address")
            given = dict(headers or {})
            if authorization and host == home:
                given["Authorization"] = authorization
            async with self._turns.at(host) as turn:
                if isinstance(turn, Later):
                    return Throttled(turn.seconds, queued=not turn.held, resting=turn.held)
                outcome = await fetch(self._get, url, etag, last_modified, accept=accept, headers=given, now=self._now)
            return await self._heeded(outcome, url)

        return ask

    async def _heeded(self, outcome: FetchOutcome, url: str) -> FetchOutcome:
        """Leave a host alone that asked for it, for all of its sources: as long as it said, else a minute."""
        if isinstance(outcome, Throttled):
            seconds = PATIENCE_SECONDS if outcome.retry_after is None else outcome.retry_after
            await self._turns.hold(host_of(outcome.url or url), seconds)
        return outcome
