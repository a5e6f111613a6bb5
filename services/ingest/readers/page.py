"""Reads pages that list stories: robots.txt first, then one conditional GET; the stories' own pages are not asked."""

from __future__ import annotations

import asyncio
from hashlib import blake2b

from services.ingest.document import Document, Unreadable
from services.ingest.fetch import Failed, Fetched
from services.ingest.pages.complete import ACCEPT
from services.ingest.pages.listing import listing
from services.ingest.pages.robots import Robots
from services.ingest.reader import Ask, Reading, Same, Took
from services.ingest.source import Source


async def read(source: Source, ask: Ask, *, robots: Robots, parsers: asyncio.Semaphore) -> Reading:
    """Ask for the source's page; one on which no story is found has failed.

    `parsers` bounds how many are read at once.
    """
    health = source.health
    url = source.settings.url or ""
    refusal = await robots.refusal(url, ask)
    if refusal is not None:
        return Failed(refusal.reason)
    answer = await ask(url, accept=ACCEPT, etag=health.etag, last_modified=health.last_modified)
    if not isinstance(answer, Fetched):
        return answer
    async with parsers:
        document = await asyncio.to_thread(
            listing,
            answer.body,
            url=answer.url,
            content_type=answer.content_type,
            source_id=source.settings.id,
            selectors=source.settings.selectors,
            timezone=source.settings.timezone,
        )
    if isinstance(document, Unreadable):
        return Failed(document.reason)
    fields = {
        "etag": answer.etag,
        "last_modified": answer.last_modified,
        "body_hash": digest(document),
        "moved_to": answer.moved_to or "",
    }
    if fields["body_hash"] == health.body_hash:
        return Same(fields=fields, fresh_seconds=answer.fresh_seconds)
    return Took(document=document, fields=fields, fresh_seconds=answer.fresh_seconds)


def digest(document: Document) -> str:
    """Return a hash of the items alone: the rest of a page changes with every look at it."""
    state = blake2b(digest_size=16)
    for item in document.submissions:
        state.update(item.model_dump_json().encode())
    return state.hexdigest()
