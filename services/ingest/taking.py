"""Takes a document in: gaps filled, withdrawals heeded, pages fetched, all of it committed with its state."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog
import zstandard

from services.ingest import hints
from services.ingest.completing import Complete, completed
from services.ingest.document import Document, Withdrawal
from services.ingest.gaps import backfilled
from services.ingest.health import UNCHECKED
from services.ingest.intake import Intake
from services.ingest.metrics import SOURCES
from services.ingest.offers import Offer, told_returned
from services.ingest.reader import Ask, Read, Took
from services.ingest.results import Accepted, Outdated
from services.ingest.rhythm import Rhythm
from services.ingest.source import Kind, Source, titled
from services.ingest.store import SourceStore
from services.ingest.submission import Submission
from shared.redis import RedisError
from shared.times import rfc3339

log = structlog.get_logger()

LONGEST_REASON = 500
WINDOWS: frozenset[Kind] = frozenset(("feed", "page", "sitemap"))
"""The kinds whose documents show the newest items whatever we know: one that holds nothing known leaves a gap."""

Noticed = Callable[[Source, Document, int], Awaitable[None]]
"""Told of each document once it is committed, and how many of its items were news: where its hubs are, for one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What came of a document: for the log, the rhythm it leaves, and whether some of it is left for the next poll."""

    told: dict[str, object] = field(default_factory=dict)
    rhythm: Rhythm = field(default_factory=Rhythm)
    unfinished: bool = False


class Taking:
    """Takes documents of polled sources; `complete` fetches an item's page, `noticed` hears of each document."""

    def __init__(
        self,
        sources: SourceStore,
        intake: Intake,
        now: Callable[[], datetime],
        complete: Complete | None = None,
        noticed: Noticed | None = None,
    ) -> None:
        self._sources, self._intake, self._now = sources, intake, now
        self._complete, self._noticed = complete, noticed

    async def take(self, source: Source, took: Took, read: Read, ask: Ask, correlation: str) -> Taken:
        """Commit a document's items with its state. Raises RedisError and ContendedError: it comes again then."""
        document, health, moment = took.document, source.health, self._now()
        source = titled(source, document.title, document.home)
        withdrawn = await self._withdrawn(source, document.withdrawals)
        found = await self._intake.names.offers(
            source, [one for one in document.submissions if _stands(one, withdrawn)]
        )
        offers, told = list(found.offers), _counts(document)
        windowed = source.settings.kind in WINDOWS and health.rhythm is not None
        if offers and windowed and all(offer.known is None for offer in offers):
            offers += await self._gap(source, document, read, ask)
        rhythm = Rhythm.read(health.rhythm).heard(_moments(offers, moment), moment)
        back = [offer for offer in offers if not offer.wanted]
        told_returned(source, back)
        fresh, old = split(
            [offer for offer in offers if offer.wanted], source.settings.first_items if health.new else None
        )
        offers = [*back, *(replace(offer, wanted=False) for offer in old), *fresh]
        fields = dict(took.fields) | {
            "title": source.health.title or "",
            "home": source.health.home or "",
            "asked_url": source.settings.url or "",
            "read_at": health.read_at or rfc3339(moment),
            "rhythm": rhythm.write(),
            "hints": hints.write(document.hints),
            "identity": found.identity,
            "quality": document.quality,
            "imperfect": imperfections(document) if took.raw else "; ".join(document.lost)[:LONGEST_REASON],
        }
        unfinished = False
        if source.settings.full_text and self._complete is not None:
            pages = await completed(offers, source, ask, self._complete)
            offers, unfinished = list(pages.offers), pages.left > 0
            if unfinished or pages.again:
                fields |= UNCHECKED
            told |= {name: count for name, count in (("left", pages.left), ("pages_failed", pages.failed)) if count}
        results = await self._intake.take(source, offers, fields, correlation)
        accepted = sum(isinstance(one, Accepted) for one in results)
        told |= {"items": len(document.submissions), "accepted": accepted}
        told |= {name: count for name, count in (("only_seen", len(old)), ("returned", len(back))) if count}
        await self._after(source, took, fields["imperfect"], accepted)
        return Taken(told=told, rhythm=rhythm, unfinished=unfinished)

    async def _gap(self, source: Source, document: Document, read: Read, ask: Ask) -> list[Offer]:
        """Return the items that were missed: nothing of the document was known, so others may lie between."""
        log.info("source.gap", source=source.settings.id, items=len(document.submissions))
        SOURCES.labels("gap").inc()
        back = await backfilled(source, document, read, ask, self._intake.names)
        if back.pages:
            tell = log.info if back.whole else log.warning
            tell(
                "source.backfilled",
                source=source.settings.id,
                items=len(back.offers),
                pages=back.pages,
                whole=back.whole,
            )
        return list(back.offers)

    async def _withdrawn(self, source: Source, withdrawals: Sequence[Withdrawal]) -> list[Withdrawal]:
        """Take back what the source takes back, before its state is committed: killed between, it comes again."""
        live: list[Withdrawal] = []
        for withdrawal in withdrawals:
            result = await self._intake.withdraw(source.settings.id, withdrawal)
            live += [] if isinstance(result, Outdated) else [withdrawal]
        return live

    async def _after(self, source: Source, took: Took, imperfect: str, accepted: int) -> None:
        """Keep a document that was not read whole, and tell of it, and of its hubs; losing this loses no item."""
        id = source.settings.id
        if imperfect and took.raw:
            packed = await asyncio.to_thread(zstandard.compress, took.raw)
            try:
                await self._sources.keep_raw(id, packed)
            except RedisError as error:
                log.warning("document.not_kept", source=id, error=type(error).__name__)
        if imperfect and imperfect != source.health.imperfect:
            log.warning("document.imperfect", source=id, quality=took.document.quality, reason=imperfect)
            SOURCES.labels("imperfect").inc()
        if self._noticed is not None:
            await self._noticed(source, took.document, accepted)


def imperfections(document: Document) -> str:
    """Say in words what of a document could not be read as it stood, empty when all was well."""
    said = [] if document.quality == "strict" else [f"the document is not well-formed and was {document.quality}"]
    said += [f"{document.skipped} items without words were left out"] if document.skipped else []
    said += [f"{document.cut} items beyond the most that are taken were left out"] if document.cut else []
    return "; ".join([*said, *document.lost])[:LONGEST_REASON]


def split(offers: Sequence[Offer], most: int | None) -> tuple[list[Offer], list[Offer]]:
    """Return the newest `most` (all when None), oldest first, and the rest; the undated count as newest.

    Among equals the document's order holds, which is newest first.
    """

    def age(offer: Offer) -> tuple[bool, float]:
        moment = offer.submission.published_at
        return (moment is not None, -moment.timestamp() if moment is not None else 0.0)

    newest_first = sorted(offers, key=age)
    fresh = newest_first if most is None else newest_first[:most]
    return fresh[::-1], newest_first[len(fresh) :]


def _stands(submission: Submission, withdrawn: Sequence[Withdrawal]) -> bool:
    """Tell whether an item is not withdrawn, or was changed after it was (RFC 6721 section 3)."""
    for one in withdrawn:
        same = one.guid == submission.guid if one.guid and submission.guid else one.url == submission.url
        later = one.at is not None and submission.updated_at is not None and submission.updated_at > one.at
        if same and not later:
            return False
    return True


def _moments(offers: Sequence[Offer], now: datetime) -> list[datetime]:
    """Return when the items were published: an undated one when it was first seen."""
    dated = (offer.submission.published_at or (now if offer.known is None else None) for offer in offers)
    return [moment for moment in dated if moment is not None]


def _counts(document: Document) -> dict[str, object]:
    counts = (("skipped", document.skipped), ("cut", document.cut), ("lost", len(document.lost)))
    return {name: count for name, count in counts if count}
