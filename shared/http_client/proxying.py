"""An egress proxy between us and the world: what is checked before it is asked, for it connects where we cannot look.

The proxy must itself refuse inside addresses: it resolves names again, after us, and its answer is what counts.
"""

from __future__ import annotations

import socket
from functools import partial
from typing import TYPE_CHECKING

from aiohttp import encode_basic_auth
from aiohttp.hdrs import PROXY_AUTHORIZATION
from multidict import CIMultiDict
from yarl import URL

from shared.netguard import AddressRefused, NotAWebAddress, check_url

if TYPE_CHECKING:
    from aiohttp import AddrInfoType, ClientHandlerType, ClientMiddlewareType, ClientRequest, ClientResponse
    from aiohttp.connector import SocketFactoryType

    from shared.settings import Network


def address_of(proxy: str) -> str:
    """Return a proxy's address without the name and password that may stand in it."""
    return str(URL(proxy).with_user(None))


def checking(allowed: tuple[Network, ...], proxy: str) -> ClientMiddlewareType:
    """Return what looks at each request before the proxy has it, and adds the proxy's login.

    The form of the address, its port and literal addresses are judged as without a proxy. Names are judged by what they
    resolve to here; one that resolves only for the proxy is left to it.
    """
    url = URL(proxy)
    login = encode_basic_auth(url.user, url.password or "") if url.user else None

    async def check(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        reason = await check_url(str(request.url), allowed)
        if reason is not None:
            raise NotAWebAddress(reason)
        if login and request.is_ssl():
            request.proxy_headers = CIMultiDict({PROXY_AUTHORIZATION: login})  # to the proxy alone, with CONNECT
        elif login:
            request.headers[PROXY_AUTHORIZATION] = login
        return await handler(request)

    return check


def to_proxy(proxy: str) -> SocketFactoryType:
    """Return a socket factory that connects to the proxy's port alone, wherever the operator put the proxy."""
    return partial(_proxy_socket, port=URL(proxy).port or 0)


def _proxy_socket(addr_info: AddrInfoType, port: int) -> socket.socket:
    family, kind, protocol, _, where = addr_info
    if where[1] != port:
        raise AddressRefused("everything goes through the egress proxy")
    return socket.socket(family, kind, protocol)
