"""Tells whether hubs could reach us at an address, as far as the address shows."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from shared.netguard import refusal

if TYPE_CHECKING:
    from shared.settings import Network

LOCAL = ("localhost", "local", "internal", "lan", "home", "test", "example", "invalid", "arpa")
"""Last labels of names that mean something on one network only (RFC 6761, RFC 6762), or nothing at all."""


def reachable(public_url: str, allowed: tuple[Network, ...]) -> bool:
    """Tell whether a hub may be given this address: https at a public name or address, or a network we allow.

    Without https whoever listens on the way would learn the addresses that pushes are sent to.
    """
    parts = urlsplit(public_url)
    host = (parts.hostname or "").rstrip(".")
    try:
        address = ip_address(host)
    except ValueError:
        labels = host.rpartition(".")
        return parts.scheme == "https" and bool(labels[0]) and labels[2] not in LOCAL
    if any(address in network for network in allowed):
        return True
    return parts.scheme == "https" and refusal(address, ()) is None
