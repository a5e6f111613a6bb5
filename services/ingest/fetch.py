"""One conditional GET, its answer as a value; whose turn it is at a host is left to asking."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from services.ingest.freshness import fresh_seconds
from shared.http_client import NoAnswer, Page, TooLarge
from shared.problems import phrase
from shared.retry import retry_after_seconds

ACCEPT = "application/atom+xml, application/rss+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1"
SECONDS = 20.0
MAX_BYTES = 10 * 1024 * 1024
LONGEST_VALIDATOR = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A document came; `url` is where from, `content_type` what the server calls it.

    `headers` are its own, with names in lower case. `moved_to` is where permanent redirects led, None when there
    were none. `fresh_seconds` is how long the server calls the answer good, None when it does not say.
    """

    body: bytes
    url: str
    content_type: str
    etag: str = ""
    last_modified: str = ""
    moved_to: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    fresh_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """The document is the one we have (RFC 9110 section 15.4.5); validators that came with it replace ours."""

    etag: str = ""
    last_modified: str = ""
    moved_to: str | None = None
    fresh_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Throttled:
    """The host asks us to come back later (429, 503); `retry_after` is in seconds, None when it did not say.

    `url` is where it was said, after redirects. With `queued` it was not asked at all: it has as many of our requests
    as it is given; nor with `resting`, for it asked for patience before.
    """

    retry_after: float | None
    url: str = field(default="", compare=False)
    queued: bool = field(default=False, compare=False)
    resting: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Gone:
    """The document is gone for good (410)."""


@dataclass(frozen=True, slots=True)
class Failed:
    """No document, and why, in plain words; `status` is the server's, None when it gave no answer of use."""

    reason: str
    status: int | None = field(default=None, compare=False)


FetchOutcome = Fetched | NotModified | Throttled | Gone | Failed

Get = Callable[..., Awaitable[Page | TooLarge | NoAnswer]]
"""The client's `get`, with its session given."""


async def fetch(
    get: Get,
    url: str,
    etag: str | None = None,
    last_modified: str | None = None,
    *,
    accept: str | None = None,
    headers: Mapping[str, str] | None = None,
    now: Callable[[], datetime],
) -> FetchOutcome:
    """Ask for a document unless it is still the one with these validators (RFC 9110 section 13.1); never raises."""
    asked = dict(headers or {}) | {"Accept": accept or ACCEPT}
    if etag:
        asked["If-None-Match"] = etag
    if last_modified:
        asked["If-Modified-Since"] = last_modified
    answer = await get(url, headers=asked, timeout=SECONDS, max_bytes=MAX_BYTES)
    match answer:
        case NoAnswer(reason=reason):
            return Failed(reason)
        case TooLarge(max_bytes=most):
            return Failed(f"the document is larger than {most // 1024 // 1024} MiB")
        case Page():
            return _judged(answer, now(), conditional=bool(etag or last_modified))


def _judged(page: Page, moment: datetime, *, conditional: bool) -> FetchOutcome:
    match page.status:
        case 200:
            return Fetched(
                body=page.body,
                url=page.url,
                content_type=page.headers.get("content-type", ""),
                etag=_validator(page, "etag"),
                last_modified=_validator(page, "last-modified"),
                moved_to=page.moved_to,
                headers=page.headers,
                fresh_seconds=fresh_seconds(page.headers, moment),
            )
        case 304 if conditional:
            return NotModified(
                etag=_validator(page, "etag"),
                last_modified=_validator(page, "last-modified"),
                moved_to=page.moved_to,
                fresh_seconds=fresh_seconds(page.headers, moment),
            )
        case 304:
            return Failed("the server says that nothing changed since what it was not told of (304)", 304)
        case 410:
            return Gone()
        case 429 | 503:
            return Throttled(retry_after_seconds(page.headers.get("retry-after"), moment), page.url)
        case status:
            return Failed(f"the server answered {status} {phrase(status)}", status)


def _validator(page: Page, name: str) -> str:
    """Return a validator that may be sent back: one line of printable ASCII, or none."""
    value = page.headers.get(name, "")
    return value if len(value) <= LONGEST_VALIDATOR and value.isascii() and value.isprintable() else ""
