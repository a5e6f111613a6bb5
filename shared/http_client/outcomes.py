"""What may come of a request, and how failures are put into plain words; sends nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from time import perf_counter
from typing import NamedTuple

import aiohttp
from aiohttp import ClientResponse, ClientTimeout

from shared.http_client.certificates import CertificateError
from shared.netguard import AddressRefused, NotAWebAddress

CONNECT_SECONDS = 5.0
READ_SECONDS = 10.0
"""So long a receiver may send nothing, between two bytes too."""


class Answer(NamedTuple):
    """An answer to a POST, with names of headers in lower case and no more than the start of its body."""

    status: int
    headers: Mapping[str, str]
    body_start: bytes
    ms: float


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """No usable answer came, and why, in plain words; `refused` when we would not ask or not follow.

    `unsent` when it is sure that the peer has got nothing of the request: no connection was made for it.
    """

    reason: str
    ms: float
    refused: bool = False
    unsent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An answer to a GET, whole and decoded, whatever its status.

    `url` is where it came from. `moved_to` is where the leading permanent redirects (301, 308) went, to be
    stored in place of the URL asked for; None when there were none (RFC 9110 sections 15.4.2 and 15.4.9).
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    moved_to: str | None
    ms: float


@dataclass(frozen=True, slots=True)
class TooLarge:
    """The answer was larger than `max_bytes`, decoded; reading stopped there and the connection is closed."""

    max_bytes: int
    url: str
    ms: float


def plain(response: ClientResponse) -> dict[str, str]:
    """Return the headers, names in lower case, repeated ones joined (RFC 9110 section 5.3)."""
    plain: dict[str, str] = {}
    for name, value in response.headers.items():
        if not value.isascii():  # stray bytes come as lone surrogates, which no JSON writer takes
            value = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")  # noqa: PLW2901
        name = name.lower()  # noqa: PLW2901
        plain[name] = f"{plain[name]}, {value}" if name in plain else value
    return plain


def milliseconds_since(started: float) -> float:
    """Return how long ago a moment of `perf_counter` is."""
    return (perf_counter() - started) * 1000


@lru_cache(maxsize=64)
def clock(total: float, read: float) -> ClientTimeout:
    """Return the time limits of one request; equal ones are one object."""
    return ClientTimeout(total=total, sock_connect=CONNECT_SECONDS, sock_read=read)


_UNCONNECTED = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,
    CertificateError,
    UnicodeError,
)
"""What is raised before anything of a request is written; TLS and CONNECT come before the request, too."""

NO_TOTAL = ClientTimeout(total=None, sock_connect=CONNECT_SECONDS)
FAILURES = (aiohttp.ClientError, OSError, ValueError)
_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (aiohttp.ConnectionTimeoutError, "timed out while connecting"),
    (aiohttp.SocketTimeoutError, "sent nothing for too long"),
    (CertificateError, "the client certificate cannot be used"),
    (aiohttp.ClientHttpProxyError, "the egress proxy refused to connect"),
    (aiohttp.ClientProxyConnectionError, "the egress proxy could not be reached"),
    (aiohttp.ClientConnectorDNSError, "the host does not resolve"),
    (aiohttp.ClientSSLError, "TLS failed"),
    (aiohttp.ClientConnectorError, "could not connect"),
    (UnicodeError, "the host does not resolve"),  # an over-long label
    (aiohttp.ServerDisconnectedError, "closed the connection without answering"),
    (aiohttp.ClientResponseError, "the answer is not HTTP"),
    (aiohttp.ClientPayloadError, "the answer broke off, or could not be decoded"),
    (OSError, "the connection broke off"),
)


def no_answer(error: Exception, timeout: float, started: float) -> NoAnswer:
    """Put a failure into words that name no part of the address but what the guard refused."""
    match error:
        case aiohttp.ClientConnectorError(os_error=AddressRefused() as refused) | (NotAWebAddress() as refused):
            return NoAnswer(str(refused), milliseconds_since(started), refused=True, unsent=True)
        case aiohttp.InvalidURL():
            return NoAnswer("is not a web address", milliseconds_since(started), refused=True, unsent=True)
        case aiohttp.ClientConnectorCertificateError():
            why = getattr(error.certificate_error, "verify_message", "the certificate is not valid")
            return NoAnswer(f"TLS failed: {why}", milliseconds_since(started), unsent=True)
        case TimeoutError() if not isinstance(error, aiohttp.ServerTimeoutError):
            return NoAnswer(f"timed out after {timeout:g} s", milliseconds_since(started))
    reason = next((words for kind, words in _REASONS if isinstance(error, kind)), None)
    if reason is None:  # a ValueError of aiohttp's own checks
        return NoAnswer("a header or the body cannot be sent in HTTP", milliseconds_since(started), refused=True)
    return NoAnswer(reason, milliseconds_since(started), unsent=isinstance(error, _UNCONNECTED))
