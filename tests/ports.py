"""Ports of loopback for servers that are started later, which nobody else is given meanwhile."""

from __future__ import annotations

import socket


def free_port() -> int:
    """Return a port that nobody listens on.

    It stays bound here until the process ends: one that is let go is given, sooner or later, to another test's server
    before the one that it was for is up. Who allows the address to be used again, as our servers do, may listen on it.
    """
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    port = int(held.getsockname()[1])
    held.detach()
    return port
