"""Reads feeds: one conditional GET, parsed only where the bytes say something new."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace

from services.ingest.document import Document, Unreadable
from services.ingest.fetch import Failed, Fetched
from services.ingest.parse import parse
from services.ingest.parse.urls import address
from services.ingest.reader import Ask, Reading, Same, Took
from services.ingest.source import Source
from services.ingest.volatile import digest

LARGE = 500_000
"""Bytes of a document above which even its digest is made in a thread: a smaller one takes less than starting that."""

PARSERS = 1
"""Documents parsed at once: more threads only share one interpreter lock."""

LINK = re.compile(r"<([^<>\s]{1,2048})>([^<]{0,500})")
REL = re.compile(r";\s*rel\s*=\s*\"?([^\";,]{1,100})", re.IGNORECASE)
MOST_LINKS = 20


async def read(source: Source, ask: Ask, *, parsers: asyncio.Semaphore) -> Reading:
    """Ask for the source's document; `parsers` bounds how many documents are parsed at once."""
    health = source.health
    answer = await ask(source.settings.url or "", etag=health.etag, last_modified=health.last_modified)
    if not isinstance(answer, Fetched):
        return answer
    fields = {
        "etag": answer.etag,
        "last_modified": answer.last_modified,
        "body_hash": await asyncio.to_thread(digest, answer.body) if len(answer.body) > LARGE else digest(answer.body),
        "moved_to": answer.moved_to or "",
    }
    same = fields["body_hash"] == health.body_hash or bool(answer.etag and answer.etag == health.etag)
    if same and health.body_hash:
        fields["body_hash"] = health.body_hash
        return Same(fields=fields, fresh_seconds=answer.fresh_seconds)
    async with parsers:
        document = await asyncio.to_thread(
            parse,
            answer.body,
            url=answer.url,
            content_type=answer.content_type,
            source_id=source.settings.id,
            timezone=source.settings.timezone,
        )
    if isinstance(document, Unreadable):
        return Failed(document.reason)
    document = linked(document, answer.headers.get("link", ""), answer.url)
    return Took(document=document, fields=fields, raw=answer.body, fresh_seconds=answer.fresh_seconds)


def linked(document: Document, header: str, url: str) -> Document:
    """Return the document with the hubs and topic of a Link header, which go before its own (WebSub section 4)."""
    found: dict[str, list[str]] = {"hub": [], "self": []}
    for link in list(LINK.finditer(header))[:MOST_LINKS]:
        rel = REL.search(link[2])
        for name in rel[1].lower().split() if rel else ():
            if name in found and (target := address(link[1], url)) is not None:
                found[name].append(target)
    hubs = tuple(dict.fromkeys((*found["hub"], *document.hubs)))
    return replace(document, hubs=hubs, topic=next(iter(found["self"]), document.topic))
