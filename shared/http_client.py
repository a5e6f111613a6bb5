"""The one outbound HTTP client: capped, timed and guarded; when to ask again is left to its callers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from time import perf_counter
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import aiohttp
from aiohttp import ClientResponse, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector

from shared.netguard import AddressRefused, NotAWebAddress, guard, web_address

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp.abc import AbstractResolver
    from aiohttp.connector import Connection
    from yarl import URL

    from shared.settings import Network

Session = ClientSession
"""What `connect` makes; callers know it only to pass it on and to close it."""

USER_AGENT = "Wireroom/0.1"
CONNECT_SECONDS = 5.0
PERMANENT = frozenset((301, 308))
REDIRECTS = PERMANENT | {302, 303, 307}
CODINGS = ("gzip", "deflate")
SECRETS = frozenset(("authorization", "cookie", "proxy-authorization"))
LARGE = 1 << 20
MOST_INTERIM = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many connections a session has at once (0: no limit); for how long it keeps a name's addresses."""

    connections: int = 200
    per_host: int = 2
    dns_seconds: int = 300


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to a POST, with names of headers in lower case and no more than the start of its body."""

    status: int
    headers: Mapping[str, str]
    body_start: bytes
    ms: float


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """No usable answer came, and why, in plain words; `refused` when we would not ask or not follow."""

    reason: str
    ms: float
    refused: bool = False


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


class _Bounded(ClientResponse):
    """A response before which only so many interim ones (1xx) may come; aiohttp would read them without end."""

    async def start(self, connection: Connection) -> ClientResponse:
        """Start as ClientResponse does. Raises ServerDisconnectedError after too many interim responses."""
        protocol: Any = connection.protocol
        read, left = protocol.read, MOST_INTERIM + 1

        async def counted() -> Any:
            nonlocal left
            if left == 0:
                connection.close()
                raise aiohttp.ServerDisconnectedError
            left -= 1
            return await read()

        protocol.read = counted
        try:
            return await super().start(connection)
        finally:
            del protocol.read


def connect(
    allowed: tuple[Network, ...],
    *,
    limits: Limits = Limits(),
    public_url: str | None = None,
    resolver: AbstractResolver | None = None,
) -> Session:
    """Make a session whose every connection is guarded; needs a running loop, and closing by the caller.

    Environment proxies are ignored, for a proxy would connect where the guard does not look.
    """
    connector = TCPConnector(
        limit=limits.connections,
        limit_per_host=limits.per_host,
        ttl_dns_cache=limits.dns_seconds,
        keepalive_timeout=4,  # many servers close after 5 s; a POST sent just then would fail unanswered
        socket_factory=guard(allowed),
        resolver=resolver,
    )
    agent = f"{USER_AGENT} (+{public_url})" if public_url else USER_AGENT
    return ClientSession(
        connector=connector,
        cookie_jar=DummyCookieJar(),
        headers={"User-Agent": agent, "Accept-Encoding": "identity"},
        trust_env=False,
        response_class=_Bounded,
    )


async def post(
    session: Session,
    url: str,
    *,
    body: bytes,
    headers: Mapping[str, str],
    timeout: float,  # noqa: ASYNC109  # running out is an outcome here, not a cancelled caller
    keep: int = 16_384,
) -> Answer | NoAnswer:
    """Send `body` and return the answer with up to `keep` bytes of its body, all within `timeout` seconds.

    Redirects are not followed. The body comes as sent, undecoded. Once the status has come it counts, even if
    the body then hangs or breaks off: the receiver has taken the message.
    """
    started = perf_counter()
    try:
        response = await session.post(
            url,
            data=body if len(body) < LARGE else BytesIO(body),
            headers=headers,
            timeout=_clock(timeout),
            allow_redirects=False,
            auto_decompress=False,
        )
    except _FAILURES as error:
        return _no_answer(error, timeout, started)
    start = await _start_of(response, keep)
    return Answer(response.status, _plain(response), start, _ms(started))


async def _start_of(response: ClientResponse, keep: int) -> bytes:
    content, start = response.content, b""
    try:
        while len(start) < keep and not content.at_eof():
            start += await content.read(keep - len(start))
    except _FAILURES:
        return start
    finally:
        if not content.at_eof():  # at its end it has gone back to the pool by itself
            response.close()
    return start


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
    except _FAILURES as error:
        return _no_answer(error, timeout, started)


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
        async with session.get(hop, headers=headers, timeout=_NO_TOTAL, allow_redirects=False) as response:
            location = response.headers.get("location")
            if response.status not in REDIRECTS or location is None:
                return await _page(response, str(hop), moved_to, max_bytes, started)
        onward = redirect_target(hop, location)
        permanent = permanent and response.status in PERMANENT
        moved_to = str(onward) if permanent else moved_to
        if onward.origin() != hop.origin():
            headers = {name: value for name, value in headers.items() if name.lower() not in SECRETS}
        hop = onward
    return NoAnswer(f"redirects more than {max_redirects} times", _ms(started), refused=True)


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
        return NoAnswer("the answer is in a content coding that was not asked for", _ms(started))
    body = await _body(response, max_bytes)
    if body is None:
        response.close()
        return TooLarge(max_bytes, url, _ms(started))
    headers, ms = _plain(response), _ms(started)
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


def _plain(response: ClientResponse) -> dict[str, str]:
    """Return the headers, names in lower case, repeated ones joined (RFC 9110 section 5.3)."""
    plain: dict[str, str] = {}
    for name, value in response.headers.items():
        if not value.isascii():  # stray bytes come as lone surrogates, which no JSON writer takes
            value = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")  # noqa: PLW2901
        name = name.lower()  # noqa: PLW2901
        plain[name] = f"{plain[name]}, {value}" if name in plain else value
    return plain


def _ms(started: float) -> float:
    return (perf_counter() - started) * 1000


@lru_cache(maxsize=64)
def _clock(total: float) -> ClientTimeout:
    return ClientTimeout(total=total, sock_connect=CONNECT_SECONDS)


_NO_TOTAL = ClientTimeout(total=None, sock_connect=CONNECT_SECONDS)
_FAILURES = (aiohttp.ClientError, OSError, ValueError)
_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (aiohttp.ConnectionTimeoutError, "timed out while connecting"),
    (aiohttp.ClientConnectorDNSError, "the host does not resolve"),
    (aiohttp.ClientSSLError, "TLS failed"),
    (aiohttp.ClientConnectorError, "could not connect"),
    (UnicodeError, "the host does not resolve"),  # an over-long label
    (aiohttp.ServerDisconnectedError, "closed the connection without answering"),
    (aiohttp.ClientResponseError, "the answer is not HTTP"),
    (aiohttp.ClientPayloadError, "the answer broke off, or could not be decoded"),
    (OSError, "the connection broke off"),
)


def _no_answer(error: Exception, timeout: float, started: float) -> NoAnswer:
    match error:
        case aiohttp.ClientConnectorError(os_error=AddressRefused() as refused) | (NotAWebAddress() as refused):
            return NoAnswer(str(refused), _ms(started), refused=True)
        case aiohttp.InvalidURL():
            return NoAnswer("is not a web address", _ms(started), refused=True)
        case aiohttp.ClientConnectorCertificateError():
            why = getattr(error.certificate_error, "verify_message", "the certificate is not valid")
            return NoAnswer(f"TLS failed: {why}", _ms(started))
        case TimeoutError() if not isinstance(error, aiohttp.ConnectionTimeoutError):
            return NoAnswer(f"timed out after {timeout:g} s", _ms(started))
    reason = next((words for kind, words in _REASONS if isinstance(error, kind)), None)
    if reason is None:  # a ValueError of aiohttp's own checks
        return NoAnswer("a header or the body cannot be sent in HTTP", _ms(started), refused=True)
    return NoAnswer(reason, _ms(started))
