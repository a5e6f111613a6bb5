"""Fetches one document, through redirects and decoded, within bounds of size and time."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from shared.http_client.outcomes import (
    FAILURES,
    NO_TOTAL,
    NoAnswer,
    Page,
    TooLarge,
    milliseconds_since,
    no_answer,
    plain,
)
from shared.netguard import NotAWebAddress, web_address

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import ClientResponse
    from yarl import URL

    from shared.http_client.session import Session

PERMANENT = frozenset((301, 308))
REDIRECTS = PERMANENT | {302, 303, 307}
CODINGS = ("gzip", "deflate", "br", "zstd")
SECRETS = frozenset(("authorization", "cookie", "proxy-authorization"))


async def get(
    session: Session,
    url: str,
    *,
    headers: Mapping[str, str],
    timeout: float,  # noqa: ASYNC109  # likewise
    max_bytes: int,
    max_redirects: int = 5,
) -> Page | TooLarge | NoAnswer:
    """Fetch `url` and return the whole answer, all redirects and reading within `timeout` seconds.

    `max_bytes` caps the decoded body. Credentials are dropped when a redirect leaves the origin; a redirect
    from https to http is refused, as is what `web_address` and the guard refuse.
    """
    started = perf_counter()
    try:
        async with asyncio.timeout(timeout):
            return await _follow(session, url, dict(headers), max_bytes, max_redirects, started)
    except FAILURES as error:
        return no_answer(error, timeout, started)


async def _follow(
    session: Session,
    url: str,
    headers: dict[str, str],
    max_bytes: int,
    max_redirects: int,
    started: float,
) -> Page | TooLarge | NoAnswer:
    hop, moved_to, permanent = web_address(url), None, True
    headers["Accept-Encoding"] = ", ".join(CODINGS)
    for _ in range(max_redirects + 1):
        async with session.get(hop, headers=headers, timeout=NO_TOTAL, allow_redirects=False) as response:
            location = response.headers.get("location")
            if response.status not in REDIRECTS or location is None:
                return await _page(response, str(hop), moved_to, max_bytes, started)
        onward = redirect_target(hop, location)
        permanent = permanent and response.status in PERMANENT
        moved_to = str(onward) if permanent else moved_to
        if onward.origin() != hop.origin():
            headers = {name: value for name, value in headers.items() if name.lower() not in SECRETS}
        hop = onward
    return NoAnswer(f"redirects more than {max_redirects} times", milliseconds_since(started), refused=True)


def redirect_target(hop: URL, location: str) -> URL:
    """Resolve a Location header; raises NotAWebAddress as `web_address` does, and from https to http."""
    try:
        onward = web_address(urljoin(str(hop), location))
    except NotAWebAddress as error:
        raise NotAWebAddress(f"redirects to an address that {error}") from None
    except ValueError:
        raise NotAWebAddress("redirects to what is not a web address") from None
    if hop.scheme == "https" and onward.scheme == "http":
        raise NotAWebAddress("redirects from https to http")
    return onward


async def _page(
    response: ClientResponse, url: str, moved_to: str | None, max_bytes: int, started: float
) -> Page | TooLarge | NoAnswer:
    coding = response.headers.get("content-encoding", "").strip().lower()
    if coding not in ("", "identity", *CODINGS):
        response.close()
        return NoAnswer("the answer is in a content coding that was not asked for", milliseconds_since(started))
    body = await _body(response, max_bytes)
    if body is None:
        response.close()
        return TooLarge(max_bytes, url, milliseconds_since(started))
    headers, ms = plain(response), milliseconds_since(started)
    return Page(status=response.status, headers=headers, body=body, url=url, moved_to=moved_to, ms=ms)


async def _body(response: ClientResponse, max_bytes: int) -> bytes | None:
    """Return the decoded body, or None past the cap; aiohttp decodes in bounded steps, as we read."""
    if (response.content_length or 0) > max_bytes:
        return None
    body = bytearray()
    async for chunk in response.content.iter_chunked(65_536):
        body += chunk
        if len(body) > max_bytes:
            return None
    return bytes(body)
