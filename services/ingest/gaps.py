"""Pages back from a document to what is known, when it holds nothing of that; bounded, and never twice in a circle."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

from services.ingest.document import Document
from services.ingest.health import Health
from services.ingest.reader import Ask, Read, Took

if TYPE_CHECKING:
    from services.ingest.offers import Names, Offer
    from services.ingest.source import Source

PAGES = 10
ITEMS = 2_000


@dataclass(frozen=True, slots=True)
class Backfilled:
    """What stood on older pages, newest first; `whole` when what was known was reached."""

    offers: tuple[Offer, ...]
    pages: int
    whole: bool


async def backfilled(source: Source, document: Document, read: Read, ask: Ask, names: Names) -> Backfilled:
    """Read the pages before `document` until one holds something known, or nothing new. Raises RedisError."""
    found: dict[str, Offer] = {}
    first = {offer.id for offer in (await names.offers(source, document.submissions)).offers}
    older, seen, whole = _older(source.address, document, 2), {source.address}, False
    for number in range(3, PAGES + 3):
        if older is None or older in seen or len(found) >= ITEMS:
            break
        seen.add(older)
        reading = await read(at(source, older), ask)
        if not isinstance(reading, Took):
            break
        offers = (await names.offers(source, reading.document.submissions)).offers
        fresh = {offer.id: offer for offer in offers if offer.known is None and offer.id not in first | found.keys()}
        found |= fresh
        whole = any(offer.known is not None for offer in offers)
        if whole or not fresh:
            break
        older = _older(source.address, reading.document, number)
    return Backfilled(tuple(found.values())[:ITEMS], len(seen) - 1, whole)


def at(source: Source, url: str) -> Source:
    """Return a source as it would be at another address, of which nothing is known yet."""
    return replace(source, settings=source.settings.model_copy(update={"url": url}), health=Health())


def _older(address: str, document: Document, number: int) -> str | None:
    """Return where the items before a document's are: as it says, or as WordPress has it, which does not say."""
    if document.older is not None:
        return document.older
    parts = urlsplit(address)
    query = dict(parse_qsl(parts.query))
    if "feed" not in query and not parts.path.rstrip("/").endswith("/feed"):
        return None
    return parts._replace(query=urlencode(query | {"paged": str(number)})).geturl()
