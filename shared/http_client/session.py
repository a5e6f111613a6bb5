"""Makes the one kind of session: guarded at connect time, without cookies, proxies or endless interim answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp import ClientResponse, ClientSession, DummyCookieJar, TCPConnector

from shared.http_client.proxying import address_of, checking, to_proxy
from shared.netguard import guard

if TYPE_CHECKING:
    from aiohttp.abc import AbstractResolver
    from aiohttp.connector import Connection

    from shared.settings import Network

Session = ClientSession
"""What `connect` makes; callers know it only to pass it on and to close it."""

USER_AGENT = "Wireroom/0.1"
MOST_INTERIM = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many connections a session has at once (0: no limit); for how long it keeps a name's addresses."""

    connections: int = 200
    per_host: int = 2
    dns_seconds: int = 300


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
    proxy: str | None = None,
) -> Session:
    """Make a session whose every connection is guarded; needs a running loop, and closing by the caller.

    With `proxy` all goes through it, and each request is checked before it is handed over (see `proxying`). Proxies of
    the environment are ignored, for they would connect where nobody looks.
    """
    connector = TCPConnector(
        limit=limits.connections,
        limit_per_host=limits.per_host,
        ttl_dns_cache=limits.dns_seconds,
        keepalive_timeout=4,  # many servers close after 5 s; a POST sent just then would fail unanswered
        socket_factory=guard(allowed) if proxy is None else to_proxy(proxy),
        resolver=resolver,
    )
    agent = f"{USER_AGENT} (+{public_url})" if public_url else USER_AGENT
    return ClientSession(
        connector=connector,
        cookie_jar=DummyCookieJar(),
        headers={"User-Agent": agent, "Accept-Encoding": "identity"},
        trust_env=False,
        proxy=None if proxy is None else address_of(proxy),
        middlewares=() if proxy is None else (checking(allowed, proxy),),
        response_class=_Bounded,
    )
