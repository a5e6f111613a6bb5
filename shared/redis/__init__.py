"""The Redis connection: commands and Lua scripts of all that run at the same time, on one wire."""

from shared.redis.asked import Call
from shared.redis.client import (
    CONNECTIONS,
    Argument,
    CrossSlotError,
    Redis,
    RedisError,
    ResponseError,
    Script,
    close,
    connect,
    is_full,
    is_passing,
    is_unwritable,
)
from shared.redis.cluster import ClusterStore
from shared.redis.store import Store
from shared.redis_url import read_clustered

__all__ = [
    "CONNECTIONS",
    "Argument",
    "Call",
    "ClusterStore",
    "CrossSlotError",
    "Redis",
    "RedisError",
    "ResponseError",
    "Script",
    "Store",
    "close",
    "connect",
    "is_full",
    "is_passing",
    "is_unwritable",
    "store_at",
]


def store_at(url: str) -> Store:
    """Return a store on the server, or the cluster, of an address; it connects on first use."""
    cluster = read_clustered(url)
    return Store(connect(url)) if cluster is None else ClusterStore(cluster)
