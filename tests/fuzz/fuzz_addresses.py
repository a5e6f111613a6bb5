"""Throws made-up addresses at the guard of outbound requests, and made-up settings at what reads the environment."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address

import atheris

from tests.fuzz.fuzzing import fuzz

with atheris.instrument_imports(include=["shared.netguard", "shared.settings", "shared.redis_url"]):
    from yarl import URL

    from shared.http_client.getting import redirect_target
    from shared.http_client.proxying import address_of
    from shared.netguard import NotAWebAddress, check_url, refusal, web_address
    from shared.settings import PARSERS

SECRET = ("redis_url", "egress_proxy", "secret_key", "admin_token")
HOP = URL("https://bay.example/feeds/rss?a=1")
LOOP = asyncio.new_event_loop()
NAT64 = IPv6Address("64:ff9b::")


def one_input(data: bytes) -> None:
    """Read an address, and a setting of each kind. Raises ValueError where what is not public is let through."""
    numbered(data[:16])
    text = data.decode("utf-8", "surrogateescape" if data[:1] == b"!" else "replace")
    try:
        web_address(text)
    except NotAWebAddress:
        pass
    else:
        reached(text)
    with suppress(NotAWebAddress):
        if redirect_target(HOP, text).scheme != "https":
            raise ValueError(text)
    for name, read in PARSERS.items():
        try:
            taken = read(text)
        except ValueError as error:
            told(name, error)
        else:
            if name == "egress_proxy" and "hunter2" in address_of(str(taken)).rpartition("@")[0]:
                raise ValueError(text)


def numbered(data: bytes) -> None:
    """Judge an address by its bytes, as the socket's factory does."""
    for address in (ip_address(data[:4].rjust(4, b"\0")), ip_address(data.rjust(16, b"\0"))):
        if refusal(address, ()) is None and not public(address):
            raise ValueError(address)


def public(address: IPv4Address | IPv6Address) -> bool:
    """Tell what Python's own tables say of an address, and of one inside it."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and int(address) >> 32 == int(NAT64) >> 32:
            inner = IPv4Address(int(address) & 0xFFFF_FFFF)
        if inner is not None:
            return public(inner)
    return address.is_global and not address.is_multicast


def reached(url: str) -> None:
    """Resolve a host that is written in numbers as the system would, which takes many more forms than one."""
    host = web_address(url).raw_host or ""
    if LOOP.run_until_complete(check_url(url, (), nowhere)) is not None:
        return
    try:
        found = ip_address(socket.inet_aton(host))
    except (OSError, ValueError):
        return
    if not public(found):
        raise ValueError(url)


async def nowhere(host: str) -> Sequence[str]:
    """Resolve no name: an address needs none."""
    raise OSError(host)


def told(name: str, error: ValueError) -> None:
    """Look at an error of a setting. Raises ValueError where it is none in words, or repeats a password."""
    secret = name in SECRET and "hunter2" in str(error)
    if isinstance(error, UnicodeError) or not str(error) or secret:
        raise ValueError(name) from error


if __name__ == "__main__":
    fuzz(one_input, "addresses")
