"""One conditional GET of a source's document, its answer as a value; when to ask again is left to schedule."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from shared.http_client import NoAnswer, Page, TooLarge
from shared.problems import phrase
from shared.retry import retry_after_seconds

ACCEPT = "application/atom+xml, application/rss+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1"
SECONDS = 20.0
MAX_BYTES = 10 * 1024 * 1024
LONGEST_VALIDATOR = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A document came; `url` is where from, `content_type` what the server calls it."""

    body: bytes
    url: str
    content_type: str
    etag: str = ""
    last_modified: str = ""
    moved_to: str | None = None


@dataclass(frozen=True, slots=True)
class NotModified:
    """The document is the one we have (RFC 9110 section 15.4.5)."""


@dataclass(frozen=True, slots=True)
class Throttled:
    """The host asks us to come back later (429, 503); `retry_after` is in seconds, None when it did not say."""

    retry_after: float | None


@dataclass(frozen=True, slots=True)
class Gone:
    """The document is gone for good (410)."""


@dataclass(frozen=True, slots=True)
class Failed:
    """No document, and why, in plain words."""

    reason: str


FetchOutcome = Fetched | NotModified | Throttled | Gone | Failed
Fetch = Callable[[str, str | None, str | None], Awaitable[FetchOutcome]]
"""Takes URL, ETag and Last-Modified of the copy we have."""

Get = Callable[..., Awaitable[Page | TooLarge | NoAnswer]]
"""The client's `get`, with its session given."""


async def fetch(
    get: Get,
    url: str,
    etag: str | None,
    last_modified: str | None,
    *,
    now: Callable[[], datetime],
) -> FetchOutcome:
    """Ask for a document unless it is still the one with these validators (RFC 9110 section 13.1); never raises."""
    headers = {"Accept": ACCEPT}
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    answer = await get(url, headers=headers, timeout=SECONDS, max_bytes=MAX_BYTES)
    match answer:
        case NoAnswer(reason=reason):
            return Failed(reason)
        case TooLarge(max_bytes=most):
            return Failed(f"the document is larger than {most // 1024 // 1024} MiB")
        case Page():
            return _judged(answer, now())


def _judged(page: Page, moment: datetime) -> FetchOutcome:
    match page.status:
        case 200:
            return Fetched(
                body=page.body,
                url=page.url,
                content_type=page.headers.get("content-type", ""),
                etag=_validator(page, "etag"),
                last_modified=_validator(page, "last-modified"),
                moved_to=page.moved_to,
            )
        case 304:
            return NotModified()
        case 410:
            return Gone()
        case 429 | 503:
            return Throttled(retry_after_seconds(page.headers.get("retry-after"), moment))
        case status:
            return Failed(f"the server answered {status} {phrase(status)}")


def _validator(page: Page, name: str) -> str:
    """Return a validator that may be sent back: one line of printable ASCII, or none."""
    value = page.headers.get(name, "")
    return value if len(value) <= LONGEST_VALIDATOR and value.isascii() and value.isprintable() else ""
