"""Sends one request that is no GET and hears its answer; follows nothing."""

from __future__ import annotations

import math
from functools import lru_cache
from io import BytesIO
from time import perf_counter
from typing import TYPE_CHECKING

from shared.http_client.certificates import context_of
from shared.http_client.outcomes import (
    FAILURES,
    READ_SECONDS,
    Answer,
    NoAnswer,
    clock,
    milliseconds_since,
    no_answer,
    plain,
)
from shared.netguard import web_address

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import ClientResponse, ClientTimeout
    from yarl import URL

    from shared.http_client.certificates import ClientCertificate
    from shared.http_client.session import Session

LARGE = 1 << 20
KEEP = 16_384


async def post(
    session: Session,
    url: str,
    *,
    body: bytes,
    headers: Mapping[str, str],
    timeout: float,  # noqa: ASYNC109  # running out is an outcome here, not a cancelled caller
    read: float = READ_SECONDS,
    keep: int = KEEP,
    certificate: ClientCertificate | None = None,
) -> Answer | NoAnswer:
    """Send `body` and return the answer with up to `keep` bytes of its body, all within `timeout` seconds.

    It gives up sooner on a receiver that sends nothing for `read` seconds. Redirects are not followed. The body comes
    as sent, undecoded. Once the status has come it counts, even if the body then hangs or breaks off: the receiver has
    taken the message. `certificate` is shown over TLS.
    """
    data = body if len(body) < LARGE else BytesIO(body)
    return await _heard(session, "POST", url, headers, clock(timeout, read), keep, certificate, data)


async def options(
    session: Session,
    url: str,
    *,
    headers: Mapping[str, str],
    timeout: float,  # noqa: ASYNC109  # likewise
    certificate: ClientCertificate | None = None,
) -> Answer | NoAnswer:
    """Ask what a receiver allows; else as `post`."""
    return await _heard(session, "OPTIONS", url, headers, clock(timeout, READ_SECONDS), KEEP, certificate, None)


async def _heard(
    session: Session,
    method: str,
    url: str,
    headers: Mapping[str, str],
    limits: ClientTimeout,
    keep: int,
    certificate: ClientCertificate | None,
    data: bytes | BytesIO | None,
) -> Answer | NoAnswer:
    started = perf_counter()
    try:
        response = await session.request(
            method,
            _address(url),
            data=data,
            headers=headers,
            timeout=limits,
            allow_redirects=False,
            auto_decompress=False,
            ssl=context_of(certificate) if certificate else True,
        )
    except FAILURES as error:
        return no_answer(error, limits.total or math.inf, started)
    start = await _start_of(response, keep)
    return Answer(response.status, plain(response), start, milliseconds_since(started))


@lru_cache(maxsize=4096)
def _address(url: str) -> URL:
    """Return a URL as it is asked, the same object each time. Raises NotAWebAddress."""
    return web_address(url)


async def _start_of(response: ClientResponse, keep: int) -> bytes:
    content, start = response.content, b""
    try:
        while len(start) < keep and not content.at_eof():
            start += await content.read(keep - len(start))
    except FAILURES:
        return start
    finally:
        if not content.at_eof():  # at its end it has gone back to the pool by itself
            response.close()
    return start
