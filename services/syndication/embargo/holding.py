"""Holds versions back until their embargo ends, and tells of them; letting them out is left to releases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from services.syndication.embargo.store import Texts
from services.syndication.ledger import Early, Known, Ledger, Standing, Turn
from services.syndication.recording import TURN
from shared.bus import Done, Later
from shared.events import Article, ArticleEnriched
from shared.times import rfc3339


@dataclass(frozen=True, slots=True)
class Embargoed:
    """A version that waits, as operators are told of it: by id, not by what it says."""

    id: str
    version: int
    embargoed_until: datetime
    source: str
    published_version: int | None
    """The version that readers see meanwhile, None when the article is not out at all."""


class Embargoes:
    """What waits; every method may raise RedisError. each `wake` is called when one begins to."""

    def __init__(self, ledger: Ledger, texts: Texts, *wake: Callable[[], None]) -> None:
        self._ledger, self._texts, self._wake = ledger, texts, wake

    async def hold(self, event: ArticleEnriched, standing: Standing) -> Done | Later:
        """Have a version wait in place of the one that waited before, whose turn it is."""
        article, until = event.article, event.article.embargoed_until
        if until is None:
            raise ValueError("there is no embargo to hold this version by")
        # Kept before its turn is taken: killed between, the event comes again and writes the same once more.
        await self._texts.keep(event)
        force = article.version > standing.last + 1
        outcome = await self._ledger.hold(article.id, article.version, _ms(until), force=force)
        match outcome:
            case Known():
                return await self._repeated(article)
            case Early():
                return Later(TURN, "an older version is still on the line")
            case _:
                for wake in self._wake:
                    wake()
                return Done("article.embargoed", {"until": rfc3339(until)})

    async def _repeated(self, article: Article) -> Done:
        """Take the text away again if it waits no more: somebody else handled this event, and more."""
        turn = (await self._ledger.standing(article.id)).turn
        if turn is None or (turn.version, turn.until > 0) != (article.version, True):
            await self._texts.delete(article.id, article.version)
        return Done("article.repeated")

    async def article(self, article_id: str) -> Article | None:
        """Return the version that waits, or None."""
        turn = (await self._ledger.standing(article_id)).turn
        event = await self._texts.event(article_id, turn.version) if turn is not None and turn.until else None
        return None if event is None else event.article

    async def list(self, first: int, most: int) -> list[Embargoed]:
        """Return what waits, from the `first` on, the soonest first."""
        found = await self._ledger.waiting(first, most)
        heads = await self._ledger.heads([id for id, _ in found])
        return [_told(id, turn, head.version if head else None) for (id, turn), head in zip(found, heads, strict=True)]


def _told(id: str, turn: Turn, out: int | None) -> Embargoed:
    until = datetime.fromtimestamp(turn.until / 1000, UTC)
    return Embargoed(id, turn.version, until, id.rpartition("-")[0], out)


def _ms(moment: datetime) -> int:
    """Return a moment in whole milliseconds, rounded up: nothing may be out before it."""
    return -int(-moment.timestamp() * 1000 // 1)
