"""The contract between the poller and the readers, one for each kind of source that is polled."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from services.ingest.document import Document
from services.ingest.fetch import Failed, FetchOutcome, Gone, NotModified, Throttled
from services.ingest.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """A document was read.

    `fields` are health fields to be written with its items, all or nothing: etag, last_modified, body_hash,
    cursor, moved_to. `raw` are its bytes, kept a while where the document was not read whole.
    `fresh_seconds` is how long the server says its answer stays good (Cache-Control, Expires), None when it does not.
    """

    document: Document
    fields: Mapping[str, str] = field(default_factory=dict)
    raw: bytes = b""
    fresh_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Same:
    """A document came that holds nothing a reader would see anew; `fields` as with `Took`."""

    fields: Mapping[str, str] = field(default_factory=dict)
    fresh_seconds: float | None = None


Reading = Took | Same | NotModified | Throttled | Gone | Failed


class Ask(Protocol):
    """One polite GET: it waits for its turn at the host, and says in a value what came; never raises."""

    async def __call__(
        self,
        url: str,
        *,
        accept: str | None = None,
        etag: str | None = None,
        last_modified: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> FetchOutcome:
        """Ask for `url`; `accept` is the feeds' own when None."""


Read = Callable[[Source, Ask], Awaitable[Reading]]
"""Reads a source once: the ways of each kind. Never raises for what a server sent."""
