"""Reads sitemaps as sources: news sitemaps, plain ones, and the newest maps of an index; pages are not asked for."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from services.ingest.document import Document, Unreadable
from services.ingest.fetch import MAX_BYTES, Failed, Fetched, FetchOutcome
from services.ingest.parse.sitemap import Map, Page, Sitemap, read_sitemap
from services.ingest.reader import Ask, Reading, Same, Took
from services.ingest.readers.page import digest
from services.ingest.source import Settings, Source
from services.ingest.submission import SourceInput, Submission
from shared.times import rfc3339

ACCEPT = "application/xml, text/xml;q=0.9, application/gzip;q=0.8, text/plain;q=0.5, */*;q=0.1"
MAX_ITEMS = 500
FIRST_MAPS = 3
"""Maps of an index that are read of a new source: the newest hold what is news."""

MOST_MAPS = 20
DEEPEST = 2
UNDATED = "undated"
"""The cursor of an index that does not say when its maps changed: its validators tell nothing of them."""

GZIP = b"\x1f\x8b"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Read:
    """What the maps of one poll named, the newest moment of a map, and what was left out, in words."""

    pages: tuple[Page, ...]
    cursor: str
    lost: tuple[str, ...]


async def read(source: Source, ask: Ask, *, parsers: asyncio.Semaphore) -> Reading:
    """Ask for the source's sitemap and the maps below it that changed; `parsers` bounds how many are read at once."""
    health, url = source.health, source.settings.url or ""
    known = health.cursor != UNDATED
    etag, last_modified = (health.etag, health.last_modified) if known else (None, None)
    answer = await ask(url, accept=ACCEPT, etag=etag, last_modified=last_modified)
    if not isinstance(answer, Fetched):
        return answer
    found = await _followed(answer, source, ask, parsers)
    if not isinstance(found, _Read):
        return found
    document = document_of(found, source.settings)
    if isinstance(document, Unreadable):
        return Failed(document.reason)
    fields = {
        "etag": answer.etag,
        "last_modified": answer.last_modified,
        "body_hash": digest(document),
        "cursor": found.cursor,
        "moved_to": answer.moved_to or "",
    }
    if fields["body_hash"] == health.body_hash:
        return Same(fields=fields, fresh_seconds=answer.fresh_seconds)
    return Took(document=document, fields=fields, fresh_seconds=answer.fresh_seconds)


async def _followed(answer: Fetched, source: Source, ask: Ask, parsers: asyncio.Semaphore) -> _Read | Reading:
    """Read a sitemap, and of an index the maps that changed since the cursor, newest first."""
    since = moment_of(source.health.cursor)
    left, seen = FIRST_MAPS if since is None else MOST_MAPS, {answer.url}
    sitemap = await _read(answer, source.settings, parsers)
    if isinstance(sitemap, Failed):
        return sitemap
    pages, lost, level = list(sitemap.pages), list(sitemap.lost), sitemap.maps
    cursor = newest(sitemap.maps)
    for _ in range(DEEPEST):
        chosen = changed(level, since)
        below: list[Map] = []
        lost += [f"{len(chosen) - left} maps beyond the newest were left out"] if since and len(chosen) > left else []
        for one in chosen[:left]:
            if one.url in seen:
                continue
            seen.add(one.url)
            child = await _asked(one.url, source.settings, ask, parsers)
            if not isinstance(child, Sitemap):
                return child
            pages += child.pages
            lost += child.lost
            below += child.maps
        left, level = left - len(chosen[:left]), tuple(below)
    return _Read(tuple(pages), cursor, tuple(dict.fromkeys(lost)))


async def _asked(url: str, settings: Settings, ask: Ask, parsers: asyncio.Semaphore) -> Sitemap | Reading:
    outcome: FetchOutcome = await ask(url, accept=ACCEPT)
    if isinstance(outcome, Fetched):
        return await _read(outcome, settings, parsers)
    if isinstance(outcome, Failed):
        return Failed(f"a map of the index: {outcome.reason}", outcome.status)
    return Failed("a map of the index is gone or not to be had now")


async def _read(answer: Fetched, settings: Settings, parsers: asyncio.Semaphore) -> Sitemap | Failed:
    body = unzipped(answer.body)
    if body is None:
        return Failed(f"the sitemap is no valid gzip, or larger than {MAX_BYTES // 1024 // 1024} MiB")
    async with parsers:
        found = await asyncio.to_thread(
            read_sitemap, body, url=answer.url, content_type=answer.content_type, source_id=settings.id
        )
    return Failed(found.reason) if isinstance(found, Unreadable) else found


def unzipped(body: bytes) -> bytes | None:
    """Return what a gzip file holds, which sitemaps may be, other bytes as they are; None past the size limit."""
    if not body.startswith(GZIP):
        return body
    unzip = zlib.decompressobj(wbits=31)
    try:
        plain = unzip.decompress(body, MAX_BYTES + 1)
    except zlib.error:
        return None
    return plain if len(plain) <= MAX_BYTES else None


def changed(maps: Sequence[Map], since: datetime | None) -> list[Map]:
    """Return the maps that may have changed, newest first; of those undated the ones called news go first."""
    fresh = [one for one in maps if since is None or one.modified is None or one.modified > since]
    return sorted(fresh, key=lambda one: (one.modified or EPOCH, "news" in one.url.lower()), reverse=True)


def newest(maps: Sequence[Map]) -> str:
    """Return the cursor that stands for an index: when its newest map changed; empty for what is no index."""
    moments = [one.modified for one in maps if one.modified is not None]
    if len(moments) < len(maps):
        return UNDATED
    return rfc3339(max(moments)) if moments else ""


def moment_of(cursor: str | None) -> datetime | None:
    """Return the moment of a cursor."""
    try:
        return datetime.fromisoformat(cursor) if cursor else None
    except ValueError:
        return None


def document_of(found: _Read, settings: Settings) -> Document | Unreadable:
    """Return the newest pages as a document.

    A page without title is called by its address, until its own page names it: that takes `full_text`.
    """
    each = list({page.url: page for page in sorted(found.pages, key=_age)}.values())[::-1]
    items = [item for page in each[:MAX_ITEMS] if (item := _item(page, settings)) is not None]
    if each and not items:
        return Unreadable(
            "the sitemap tells addresses without titles: set full_text, and each page is asked for its own"
        )
    return Document(
        submissions=tuple(items),
        skipped=len(each[:MAX_ITEMS]) - len(items),
        cut=0,
        lost=found.lost,
    )


def _age(page: Page) -> datetime:
    told = page.submission.published_at if page.submission is not None else None
    return told or page.modified or EPOCH


def _item(page: Page, settings: Settings) -> Submission | None:
    if page.submission is not None or not settings.full_text:
        return page.submission
    return Submission(
        source=SourceInput(id=settings.id), url=page.url, headline=page.url[:1_000], updated_at=page.modified
    )
