"""Reads the addresses of what Redis Sentinels watch and of Redis Clusters; connecting is left to others."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

SCHEMES = {"redis+sentinel": False, "rediss+sentinel": True}
"""What the address of Sentinels begins with, and whether the server is then spoken to over TLS."""

CLUSTERS = {"redis+cluster": False, "rediss+cluster": True}

PORT = 26_379
CLUSTER_PORT = 6_379
NO_ADDRESS = "is no address, or its port no number; in a password, what is no letter and no digit is written as %40"
SHOWN = ("sentinel_username", "sentinel_password")

OPTIONS = {
    **dict.fromkeys(("username", "password", "ssl_ca_certs", "ssl_certfile", "ssl_keyfile"), ".+"),
    "db": "[0-9]{1,9}",
    "protocol": "[23]",
    "ssl_cert_reqs": "none|optional|required",
    "ssl_check_hostname": "(?i:true|false|yes|no|0|1)",
}
"""What may follow the ? of the address of one server, by patterns; times and pools are not an operator's to set."""


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


def taken_apart(url: str) -> SplitResult:
    """Return the parts of an address. Raises ValueError, which repeats nothing of it, where it has no such parts.

    What urllib says of a wrong one repeats the password, where that is taken for a port or holds an odd character.
    """
    try:
        return urlsplit(url)
    except ValueError:
        raise ValueError(NO_ADDRESS) from None


def port_of(parts: SplitResult) -> int | None:
    """Return the port of an address. Raises ValueError, which repeats nothing of it."""
    try:
        return parts.port
    except ValueError:
        raise ValueError(NO_ADDRESS) from None


def check_options(parts: SplitResult) -> None:
    """Look at what follows the ? of the address of one server. Raises ValueError, which repeats nothing of it."""
    for name, said in parse_qs(parts.query, keep_blank_values=True).items():
        if name not in OPTIONS:  # unnamed: it may be what follows an & in a password
            raise ValueError(f"takes no options but {', '.join(OPTIONS)}")
        if not re.fullmatch(OPTIONS[name], said[0]):
            raise ValueError(f"has a wrong {name}")


def read_watched(url: str) -> Watched | None:
    """Read `redis+sentinel://[[user]:password@]host[:port][,host[:port]…]/master`; None for other schemes.

    With `rediss` all connections are made over TLS; `?sentinel_username=` and `?sentinel_password=` are for the
    Sentinels themselves. Raises ValueError, which repeats no password.
    """
    parts = taken_apart(url)
    if parts.scheme not in SCHEMES:
        return None
    shown, hosts = _shown(parts)
    master = unquote(parts.path.strip("/"))
    if not master or "/" in master:
        raise ValueError(
            "must end with what the Sentinels call the server, as in redis+sentinel://one:26379,two:26379/mymaster"
        )
    return Watched(
        sentinels=_nodes(hosts, PORT, "Sentinels"),
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
    parts = taken_apart(url)
    if parts.scheme not in CLUSTERS:
        return None
    if parts.path not in ("", "/", "/0") or parts.query or parts.fragment:
        raise ValueError("must end with the nodes: a cluster has one database, and takes no options here")
    shown, hosts = _shown(parts)
    return Clustered(nodes=_nodes(hosts, CLUSTER_PORT, "nodes"), tls=CLUSTERS[parts.scheme], shown=shown)


def _shown(parts: SplitResult) -> tuple[dict[str, str], str]:
    """Return the user and the password of an address, and its hosts."""
    credentials, _, hosts = parts.netloc.rpartition("@")
    user, _, password = credentials.partition(":")
    shown = {"username": unquote(user), "password": unquote(password)}
    return {name: said for name, said in shown.items() if said}, hosts


def _nodes(hosts: str, port: int, what: str) -> tuple[tuple[str, int], ...]:
    found = [_node(host, port) for host in hosts.split(",")]
    wrong = next((number for number, node in enumerate(found, 1) if node is None), None)
    if wrong is not None:  # it may be a password, where the @ behind that was forgotten
        raise ValueError(f"must name {what} as host:port with commas between, and number {wrong} is none")
    return tuple(filter(None, found))


def _node(text: str, port: int) -> tuple[str, int] | None:
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname, port if parts.port is None else parts.port
    except ValueError:
        return None
    return (host, port) if host and port else None


def _query(parts: SplitResult) -> dict[str, str]:
    given = parse_qs(parts.query, keep_blank_values=True)
    if not given.keys() <= set(SHOWN):  # unnamed: it may be what follows an & in a password
        raise ValueError(f"takes no options but {' and '.join(SHOWN)}")
    return {name.removeprefix("sentinel_"): said[-1] for name, said in given.items()}
