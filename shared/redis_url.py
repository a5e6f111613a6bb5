"""Reads the addresses of servers that Redis Sentinels watch, which no client knows; connecting is left to others."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

SCHEMES = {"redis+sentinel": False, "rediss+sentinel": True}
"""What such an address begins with, and whether the server is then spoken to over TLS."""

PORT = 26_379
SHOWN = ("sentinel_username", "sentinel_password")


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """Where the Sentinels are, what they call the server, and what is shown to each of them and to it."""

    sentinels: tuple[tuple[str, int], ...]
    master: str
    tls: bool = False
    shown: dict[str, str] = field(default_factory=dict, repr=False)
    shown_to_sentinels: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def server_options(self) -> dict[str, Any]:
        """Return what redis-py is told of a connection to the server."""
        return {**self.shown, **({"ssl": True} if self.tls else {})}

    def sentinel_options(self, **options: Any) -> dict[str, Any]:
        """Return what redis-py is told of a connection to a Sentinel, `options` among it."""
        return {**options, **self.shown_to_sentinels, **({"ssl": True} if self.tls else {})}


def read_watched(url: str) -> Watched | None:
    """Read `redis+sentinel://[[user]:password@]host[:port][,host[:port]…]/master`; None for other schemes.

    With `rediss` all connections are made over TLS; `?sentinel_username=` and `?sentinel_password=` are for the
    Sentinels themselves. Raises ValueError, which repeats no password.
    """
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES:
        return None
    credentials, _, hosts = parts.netloc.rpartition("@")
    master = unquote(parts.path.strip("/"))
    if not master or "/" in master:
        raise ValueError(
            "must end with what the Sentinels call the server, as in redis+sentinel://one:26379,two:26379/mymaster"
        )
    user, _, password = credentials.partition(":")
    shown = {"username": unquote(user), "password": unquote(password)}
    return Watched(
        sentinels=tuple(_node(host) for host in hosts.split(",")),
        master=master,
        tls=SCHEMES[parts.scheme],
        shown={name: said for name, said in shown.items() if said},
        shown_to_sentinels=_query(parts),
    )


def _node(text: str) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname, PORT if parts.port is None else parts.port
    except ValueError:
        host, port = None, 0
    if not host or not port:
        raise ValueError(f"must name Sentinels as host:port with commas between, and {text!r} is none")
    return host, port


def _query(parts: SplitResult) -> dict[str, str]:
    given = parse_qs(parts.query, keep_blank_values=True)
    unknown = sorted(given.keys() - set(SHOWN))
    if unknown:
        raise ValueError(f"takes {' and '.join(SHOWN)}, not {', '.join(unknown)}")
    return {name.removeprefix("sentinel_"): said[-1] for name, said in given.items()}
