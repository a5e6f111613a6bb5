"""Lets versions into the ledger when their embargo ends: on time, once, by whichever replica comes first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime

import structlog

from services.syndication.embargo.store import Texts
from services.syndication.ledger import Ledger, Standing
from services.syndication.recording import Recording
from shared import logs
from shared.bus import Later
from shared.events import ArticleEnriched
from shared.metrics import EMBARGOED, RELEASED_LATE
from shared.redis import is_passing

log = structlog.get_logger()

AT_ONCE = 50
LEASE_MS = 5_000
"""Who takes a version to release it has this long: then another may, for the first may be dead."""


class Releases:
    """Releases what is due when ticked, and says when the next is."""

    def __init__(self, ledger: Ledger, texts: Texts, recording: Recording, now: Callable[[], datetime]) -> None:
        self._ledger, self._texts, self._recording, self._now = ledger, texts, recording, now

    async def tick(self) -> float | None:
        """Release what is due; return the seconds until the next is. Raises RedisError.

        Killed anywhere, what it took is due again after its lease: every step changes nothing when it is repeated.
        """
        now = self._ms()
        due, following = await self._ledger.due_now(now, now + LEASE_MS, AT_ONCE)
        await asyncio.gather(*(self._release(article_id) for article_id in due))
        if len(due) == AT_ONCE:
            return 0.0  # what is due goes before what is to be tidied up
        await self._clear()
        EMBARGOED.set(await self._ledger.count_waiting())
        return None if following is None else max(0.0, (following - self._ms()) / 1000)

    async def _release(self, article_id: str) -> None:
        """Bring one version in; what goes wrong with it is told, and does not keep the others waiting."""
        about: dict[str, object] = {"article_id": article_id}
        try:
            standing = await self._ledger.standing(article_id)
            turn = standing.turn
            if turn is None or not turn.until:
                return
            about["version"] = turn.version
            event = await self._texts.event(article_id, turn.version)
            if event is None:
                log.error("embargo.lost", **about)
                await self._ledger.pass_over(article_id, turn.version, standing.at)
                return
            about |= {**logs.of(event.article), "correlation_id": event.correlation_id}
            await self._record(event, standing, turn.until, about)
        except Exception as error:  # noqa: BLE001  # one that cannot be released must not hold back the others
            tell = log.debug if is_passing(error) else log.error
            tell("embargo.postponed", **about, error=f"{type(error).__name__}: {error}"[:300])

    async def _record(
        self, event: ArticleEnriched, standing: Standing, until: int, about: Mapping[str, object]
    ) -> None:
        ended = event.model_copy(update={"occurred_at": event.article.embargoed_until})
        outcome = await self._recording.record(ended, standing)
        if isinstance(outcome, Later):  # another version came in meanwhile: it took this one's place
            return
        late = max(0, self._ms() - until)
        if "seq" in outcome.fields:
            RELEASED_LATE.observe(late / 1000)
        logs.tell([{"event": outcome.event, **about, **outcome.fields, "embargoed": True, "late_ms": late}])

    async def _clear(self) -> None:
        """Delete the texts of what waits no more."""
        while spent := await self._ledger.spent(AT_ONCE):
            await asyncio.gather(*(self._texts.delete(*one) for one in spent))
            await asyncio.gather(*(self._ledger.cleared(*one) for one in spent))
            if len(spent) < AT_ONCE:
                break

    def _ms(self) -> int:
        return int(self._now().timestamp() * 1000)
