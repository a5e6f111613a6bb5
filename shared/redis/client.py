"""How the server is reached and what its errors mean; sending commands is left to the store."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel, SentinelConnectionPool
from redis.backoff import ExponentialBackoff
from redis.exceptions import (
    ClusterDownError,
    ClusterError,
    ConnectionError,  # noqa: A004  # Redis's own, which is no OSError
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    ResponseError,
    TryAgainError,
)
from redis.exceptions import TimeoutError as NotAnsweredError

from shared.redis_url import read_watched
from shared.streams import one_slot

__all__ = ["Argument", "CrossSlotError", "Redis", "RedisError", "ResponseError", "Script", "close", "connect"]

Argument = bytes | str | int | float

SECONDS = 5.0
"""A server that has not answered for so long is not waited for."""

CONNECT_SECONDS = 2.0
CONNECTIONS = 1024
"""To one server, made as they are needed: each stream of 64 partitions is read on one of its own, and taken over."""

TRIES = 5
BACKOFF = ExponentialBackoff(cap=0.2, base=0.02)


class CrossSlotError(ValueError):
    """A script was given keys of two hash tags, which a cluster would refuse (CROSSSLOT)."""


def check(keys: Sequence[str]) -> None:
    """Raise CrossSlotError for keys that do not share one hash tag."""
    if not one_slot(keys):
        raise CrossSlotError(f"keys of one script must share a hash tag: {', '.join(keys)}")


@dataclass(frozen=True, slots=True)
class Script:
    """A Lua script; `sha` is what EVALSHA calls it by."""

    lua: str
    sha: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sha", hashlib.sha1(self.lua.encode()).hexdigest())  # noqa: S324  # Redis names scripts so


def node_options() -> dict[str, Any]:
    """Return what redis-py is told of a connection to any server."""
    return {
        "retry": Retry(BACKOFF, TRIES, supported_errors=(ConnectionError,)),
        "socket_timeout": SECONDS,
        "socket_connect_timeout": CONNECT_SECONDS,
        "health_check_interval": 0,
        "max_connections": CONNECTIONS,
    }


def connect(url: str) -> Redis:
    """Return a client with bytes replies; it connects on first use.

    A call rides out half a second of a server that restarts, then fails: what waits longer belongs to the caller,
    who knows whether to retry, refuse or report. A server that does not answer within 5 s is not asked again.
    Where Sentinels watch the server, they are asked for it whenever a connection is made.
    """
    options = node_options()
    watched = read_watched(url)
    if watched is None:
        return Redis.from_url(url, **options)
    asking = watched.sentinel_options(socket_timeout=CONNECT_SECONDS, socket_connect_timeout=CONNECT_SECONDS)
    sentinel = Sentinel(watched.sentinels, sentinel_kwargs=asking)  # type: ignore[no-untyped-call]
    return cast("Redis", sentinel.master_for(watched.master, **watched.server_options, **options))


async def close(client: Redis) -> None:
    """Close a client's connections, and those to Sentinels, which redis-py would leave open."""
    await client.aclose()
    pool = client.connection_pool
    if isinstance(pool, SentinelConnectionPool):
        for sentinel in pool.sentinel_manager.sentinels:
            await sentinel.aclose()


def is_full(error: BaseException) -> bool:
    """Tell whether a server refused a write for want of memory (`maxmemory` with `noeviction`)."""
    # redis-py takes the code off replies that it knows, and leaves it within those of scripts.
    return isinstance(error, OutOfMemoryError) or (isinstance(error, ResponseError) and "OOM" in str(error)[:120])


def is_unwritable(error: BaseException) -> bool:
    """Tell whether a server refused a write for it cannot keep it on its disk."""
    return isinstance(error, ResponseError) and "MISCONF" in str(error)[:120]


PASSING = (
    *("OOM", "LOADING", "MISCONF", "NOREPLICAS", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "READONLY", "BUSY "),
    "UNBLOCKED",
)
"""How replies begin that tell of the server's state, not of the command."""

ELSEWHERE = "attempted to access a non local key"
"""What Redis and Valkey say of a script, more or less, while the slot of its keys moves to another node."""

PASSING_ERRORS = (ConnectionError, NotAnsweredError, ReadOnlyError, ClusterDownError, ClusterError, TryAgainError)


def is_passing(error: BaseException) -> bool:
    """Tell whether an error is the server's or the network's trouble, so that the same command may work later.

    A wrong command, type or script is not: it fails for ever.
    """
    if isinstance(error, PASSING_ERRORS):
        return True
    if not isinstance(error, ResponseError):
        return is_full(error)
    return str(error).startswith(PASSING) or ELSEWHERE in str(error).lower() or is_full(error)
