"""Reads the addresses of what Redis Sentinels watch and of Redis Clusters; connecting is left to others."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

SCHEMES = {"redis+sentinel": False, "rediss+sentinel": True}
"""What the address of Sentinels begins with, and whether the server is then spoken to over TLS."""

CLUSTERS = {"redis+cluster": False, "rediss+cluster": True}

PORT = 26_379
CLUSTER_PORT = 6_379
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
    shown, hosts = _shown(parts)
    master = unquote(parts.path.strip("/"))
    if not master or "/" in master:
        raise ValueError(
            "must end with what the Sentinels call the server, as in redis+sentinel://one:26379,two:26379/mymaster"
        )
    return Watched(
        sentinels=tuple(_node(host, PORT, "Sentinels") for host in hosts.split(",")),
        master=master,
        tls=SCHEMES[parts.scheme],
        shown=shown,
        shown_to_sentinels=_query(parts),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Clustered:
    """Some nodes of a cluster, by which the others are found, and what is shown to each."""

    nodes: tuple[tuple[str, int], ...]
    tls: bool = False
    shown: dict[str, str] = field(default_factory=dict, repr=False)

    def options(self, **options: Any) -> dict[str, Any]:
        """Return what redis-py is told of a connection to a node, `options` among it."""
        return {**options, **self.shown, **({"ssl": True} if self.tls else {})}


def read_clustered(url: str) -> Clustered | None:
    """Read `redis+cluster://[[user]:password@]host[:port][,host[:port]…]`; None for other schemes.

    With `rediss` all connections are made over TLS. Raises ValueError, which repeats no password.
    """
    parts = urlsplit(url)
    if parts.scheme not in CLUSTERS:
        return None
    if parts.path not in ("", "/", "/0") or parts.query or parts.fragment:
        raise ValueError("must end with the nodes: a cluster has one database, and takes no options here")
    shown, hosts = _shown(parts)
    nodes = tuple(_node(host, CLUSTER_PORT, "nodes") for host in hosts.split(","))
    return Clustered(nodes=nodes, tls=CLUSTERS[parts.scheme], shown=shown)


def _shown(parts: SplitResult) -> tuple[dict[str, str], str]:
    """Return the user and the password of an address, and its hosts."""
    credentials, _, hosts = parts.netloc.rpartition("@")
    user, _, password = credentials.partition(":")
    shown = {"username": unquote(user), "password": unquote(password)}
    return {name: said for name, said in shown.items() if said}, hosts


def _node(text: str, port: int, what: str) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname, port if parts.port is None else parts.port
    except ValueError:
        host, port = None, 0
    if not host or not port:
        raise ValueError(f"must name {what} as host:port with commas between, and {text!r} is none")
    return host, port


def _query(parts: SplitResult) -> dict[str, str]:
    given = parse_qs(parts.query, keep_blank_values=True)
    unknown = sorted(given.keys() - set(SHOWN))
    if unknown:
        raise ValueError(f"takes {' and '.join(SHOWN)}, not {', '.join(unknown)}")
    return {name.removeprefix("sentinel_"): said[-1] for name, said in given.items()}
