"""Has the pages of a document's news fetched where its source gives headlines only; reading them is left to pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

import structlog

from services.ingest.changes import given_digest
from services.ingest.offers import Offer
from services.ingest.pages.complete import Incomplete
from services.ingest.reader import Ask
from services.ingest.source import Settings, Source
from services.ingest.submission import Submission
from shared.redis import RedisError

log = structlog.get_logger()

PAGES = 20
"""Pages of one source fetched in one poll."""

TRIES = 3
"""Polls in which the page of an item is asked for; then what the source gave has to do."""

IN_A_ROW = 3
"""Pages that did not come, after which the others of this poll are not asked for."""

DOWN = Incomplete("its host gives no pages just now", later=True)

Complete = Callable[[Submission, Settings, Ask], Awaitable[Submission | Incomplete]]
"""Returns a submission with what its page adds, or why its page told nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """Offers to be taken; `left` were put off to the next poll, `failed` are published as the source gave them."""

    offers: tuple[Offer, ...]
    left: int = 0
    failed: int = 0
    again: bool = False
    """Whether a page is to be asked for once more."""


async def completed(offers: Sequence[Offer], source: Source, ask: Ask, complete: Complete) -> Completed:
    """Complete the offers, oldest first, that are new or that the source gave otherwise than before.

    The others are left out: what the source gave would be taken for a change of what was published. An item that
    has its address for a headline (a sitemap's) is not published before its page named it.
    """
    made: list[Offer] = []
    asked = left = failed = in_a_row = 0
    again = False
    for offer in offers:
        # A sitemap tells by the date alone that a page changed; feeds date items anew without a change.
        digest = given_digest(offer.submission, dated=source.settings.kind == "sitemap")
        tries = _tries(offer, digest)
        if not offer.wanted:
            made.append(replace(offer, given=digest))
        elif tries < TRIES and asked >= PAGES:
            left += 1
        elif tries < TRIES:
            asked += 1
            page = DOWN if in_a_row >= IN_A_ROW else await _page(offer, source.settings, ask, complete)
            later = isinstance(page, Incomplete) and page.later
            in_a_row = in_a_row + 1 if later else 0
            failed += isinstance(page, Incomplete)
            over = not later or tries + 1 >= TRIES
            again = again or not over
            given = digest if over else f"{tries + 1}:{digest}"
            submission = offer.submission if isinstance(page, Incomplete) else page
            named = submission.headline != submission.url
            if named or offer.known is None:
                made.append(replace(offer, submission=submission, given=given, wanted=named))
    return Completed(offers=tuple(made), left=left, failed=failed, again=again)


def _tries(offer: Offer, digest: str) -> int:
    """Return in how many polls the page of what the source gives now was asked for; TRIES when it is settled."""
    given = offer.known.given if offer.known else ""
    if given == digest:
        return TRIES
    tries, _, of = given.partition(":")
    return int(tries) if of == digest and tries.isdigit() else 0


async def _page(offer: Offer, settings: Settings, ask: Ask, complete: Complete) -> Submission | Incomplete:
    try:
        return await complete(offer.submission, settings, ask)
    except RedisError:
        raise
    except Exception as error:  # noqa: BLE001  # a page made to break its reader costs its own text alone
        log.warning(
            "page.broken", article_id=offer.id, source=settings.id, error=f"{type(error).__name__}: {error}"[:300]
        )
        return Incomplete(type(error).__name__)
