"""Says which addresses outbound connections may reach and holds every socket to it; leaves HTTP to others."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

from yarl import URL

if TYPE_CHECKING:
    from aiohttp import AddrInfoType, SocketFactoryType

    from shared.settings import Network

Address = IPv4Address | IPv6Address
Resolve = Callable[[str], Awaitable[Sequence[str]]]
"""Takes a host name, returns its addresses as text; raises OSError when there are none."""

RESOLVE_SECONDS = 5.0

# IANA IPv4 and IPv6 Special-Purpose Address Registries, and what clouds keep on addresses that look public.
# The first match names the reason, so a part stands before its whole.
_REFUSED: tuple[tuple[Network, str], ...] = tuple(
    (ip_network(text), reason)
    for text, reason in (
        ("0.0.0.0/32", "the unspecified address"),
        ("0.0.0.0/8", 'an address of "this network"'),
        ("10.0.0.0/8", "a private address"),
        ("100.64.0.0/10", "an address behind carrier-grade NAT"),
        ("127.0.0.0/8", "a loopback address"),
        ("168.63.129.16/32", "a cloud host's own service address"),
        ("169.254.0.0/16", "a link-local address, where cloud metadata lives"),
        ("172.16.0.0/12", "a private address"),
        ("192.0.0.0/24", "an address of IETF protocols"),
        ("192.0.2.0/24", "a documentation address"),
        ("192.88.99.0/24", "a 6to4 relay address"),
        ("192.168.0.0/16", "a private address"),
        ("198.18.0.0/15", "a benchmarking address"),
        ("198.51.100.0/24", "a documentation address"),
        ("203.0.113.0/24", "a documentation address"),
        ("224.0.0.0/4", "a multicast address"),
        ("255.255.255.255/32", "the broadcast address"),
        ("240.0.0.0/4", "a reserved address"),
        ("::/128", "the unspecified address"),
        ("::1/128", "a loopback address"),
        ("::/96", "an IPv4-compatible address"),
        ("::ffff:0:0:0/96", "an IPv4-translated address"),
        ("64:ff9b:1::/48", "a local NAT64 address"),
        ("100::/64", "a discard address"),
        ("2001::/32", "a Teredo address"),
        ("2001:2::/48", "a benchmarking address"),
        ("2001::/23", "an address of IETF protocols"),
        ("2001:db8::/32", "a documentation address"),
        ("2002::/16", "a 6to4 address"),
        ("3fff::/20", "a documentation address"),
        ("5f00::/16", "an SRv6 segment address"),
        ("fc00::/7", "a private address"),
        ("fe80::/10", "a link-local address"),
        ("fec0::/10", "a site-local address"),
        ("ff00::/8", "a multicast address"),
    )
)
_GLOBAL_V6 = ip_network("2000::/3")
_COMPATIBLE = ip_network("::/96")
_TRANSLATED = ip_network("::ffff:0:0:0/96")
_NAT64 = ip_network("64:ff9b::/96")
_NAT64_LOCAL = ip_network("64:ff9b:1::/48")

# Fetch standard, "port blocking": services that take a request for commands, mail first; and databases.
_NOT_HTTP = frozenset(
    int(port)
    for port in (
        "0 1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 113 "
        "115 117 119 123 135 137 139 143 161 179 389 427 465 512 513 514 515 526 530 531 532 540 548 554 "
        "556 563 587 601 636 989 990 993 995 1719 1720 1723 2049 3659 4045 4190 5060 5061 6000 6566 6665 "
        "6666 6667 6668 6669 6679 6697 10080 445 1433 1521 3306 3389 5432 5900 6379 6380 9042 11211 16379 26379 27017"
    ).split()
)
_LONGEST_NAME = 253
_HOST_NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?")
_NUMERIC_END = re.compile(r"(^|\.)(0x[0-9a-f]*|[0-9]+)\.?$")


class AddressRefused(OSError):  # noqa: N818  # it names what happened, as events do
    """A connection was about to reach an address that it may not; the message says which and why."""


class NotAWebAddress(ValueError):  # noqa: N818  # likewise
    """A URL cannot be used for an outbound request whatever its host resolves to; the message says why."""


def refusal(address: Address, allowed: tuple[Network, ...]) -> str | None:
    """Return why `address` may not be reached, in words, or None when it may.

    An IPv4 address inside an IPv6 one is judged too; only a network that names the IPv4 address allows it.
    """
    for form, inner in _embedded(address):
        reason = refusal(inner, allowed)
        if reason is not None:
            return f"{form} for {inner}, {reason}"
    if any(address in network for network in allowed):
        return None
    for network, reason in _REFUSED:
        if address in network:
            return reason
    if isinstance(address, IPv4Address) or address.ipv4_mapped or address in _NAT64 or address in _GLOBAL_V6:
        return None
    return "an address outside the global unicast range"


def _embedded(address: Address) -> Iterator[tuple[str, IPv4Address]]:
    """Yield the form and each IPv4 address that a translator or tunnel would read out of `address`."""
    if isinstance(address, IPv4Address):
        return
    low = IPv4Address(int(address) & 0xFFFF_FFFF)
    if address.ipv4_mapped is not None:
        yield "an IPv4-mapped address", low
    elif address in _COMPATIBLE and int(address) > 1:  # :: and ::1 are addresses of their own
        yield "an IPv4-compatible address", low
    elif address in _TRANSLATED:
        yield "an IPv4-translated address", low
    elif address in _NAT64:
        yield "a NAT64 address", low
    elif address in _NAT64_LOCAL:
        yield from (("a local NAT64 address", inner) for inner in _local_nat64(address, low) if int(inner))
    elif address.sixtofour is not None:
        yield "a 6to4 address", address.sixtofour
    elif address.teredo is not None:
        yield from (("a Teredo address", inner) for inner in address.teredo)


def _local_nat64(address: IPv6Address, low: IPv4Address) -> tuple[IPv4Address, IPv4Address]:
    """Return the /96 and the /48 reading (RFC 6052 section 2.2); which holds is the translator's choice."""
    high, rest = int(address) >> 64 & 0xFFFF, int(address) >> 40 & 0xFFFF
    return low, IPv4Address(high << 16 | rest)


def guard(allowed: tuple[Network, ...]) -> SocketFactoryType:
    """Return a socket factory for aiohttp's TCPConnector, which calls it for every connect."""
    return partial(guarded_socket, allowed=allowed)


def guarded_socket(addr_info: AddrInfoType, allowed: tuple[Network, ...]) -> socket.socket:
    """Make the socket for one resolved address, so that no later look-up can swap it (DNS rebinding).

    Raises AddressRefused for an address that may not be reached, and for a port that does not speak HTTP.
    """
    family, kind, protocol, _, where = addr_info
    address, port = ip_address(where[0]), where[1]
    reason = refusal(address, allowed)
    if reason is not None:
        raise AddressRefused(f"{address} is {reason}; {_HOW_TO_ALLOW}")
    if port in _NOT_HTTP:
        raise AddressRefused(f"port {port} is not one for HTTP")
    return socket.socket(family, kind, protocol)


def web_address(url: str) -> URL:
    """Parse an absolute http or https URL as the HTTP client will.

    Raises NotAWebAddress for another scheme, a user name or password, a host that is missing, written in a
    legacy numeric form or with odd characters, and a port that does not speak HTTP.
    """
    if "\\" in url or not url.isprintable() or " " in url:  # parsers disagree on these; some drop them
        raise NotAWebAddress("holds a space, a backslash or a control character")
    try:
        parsed = URL(url)
        port = parsed.port
    except ValueError:
        raise NotAWebAddress("is not a web address") from None
    if parsed.scheme not in ("http", "https"):
        raise NotAWebAddress("must start with http:// or https://")
    if "@" in url.partition("//")[2].replace("?", "/").replace("#", "/").partition("/")[0]:
        raise NotAWebAddress("must not hold a user name or password")
    if port in _NOT_HTTP:
        raise NotAWebAddress(f"port {port} is not one for HTTP")
    _check_host(parsed.raw_host or "")
    return parsed


def _check_host(host: str) -> None:
    if not host:
        raise NotAWebAddress("has no host")
    if ":" in host:
        if "%" in host or _literal(host) is None:  # a zone means something on this machine only
            raise NotAWebAddress("is not a web address")
    elif len(host) > _LONGEST_NAME or not _HOST_NAME.fullmatch(host):
        raise NotAWebAddress("has a host that is not a host name")
    elif _NUMERIC_END.search(host) and _literal(host) is None:
        raise NotAWebAddress(f"has the host {host}, which is not a plain IPv4 address")


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


async def addresses_of(host: str) -> Sequence[str]:
    """Ask the system's resolver for a host's addresses; raises OSError when there are none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(where[0]) for *_, where in found]


async def check_url(url: str, allowed: tuple[Network, ...], resolve: Resolve = addresses_of) -> str | None:
    """Return why requests to `url` would be refused, in words that follow "url", or None when they would not.

    It gives an early, plain message; what protects is `guarded_socket`, for names can change their addresses. A name
    without an address is let through: a resolver's bad minute refuses nobody, and requests tell of it for themselves.
    """
    try:
        host = web_address(url).raw_host or ""
    except NotAWebAddress as error:
        return str(error)
    literal = _literal(host)
    if literal is not None:
        reason = refusal(literal, allowed)
        return reason and f"{host} is {reason}; {_HOW_TO_ALLOW}"
    try:
        async with asyncio.timeout(RESOLVE_SECONDS):
            addresses = [ip_address(text) for text in await resolve(host)]
    except (OSError, ValueError):  # getaddrinfo refuses an over-long label with a UnicodeError, a ValueError
        return None
    for address in addresses:
        reason = refusal(address, allowed)
        if reason is not None:
            return f"{host} resolves to {address}, {reason}; {_HOW_TO_ALLOW}"
    return None


_HOW_TO_ALLOW = "name its network in WIREROOM_ALLOW_NETWORKS to allow it"
