"""Makes FastStream's broker for the server of an address, one that Sentinels watch, or a cluster; starts nothing."""

from __future__ import annotations

from typing import Any

from faststream.redis import RedisBroker
from faststream.redis.broker.sentinel_broker import RedisSentinelBroker
from redis.asyncio.retry import Retry
from redis.exceptions import ConnectionError as NotConnectedError
from redis.exceptions import ReadOnlyError
from redis.exceptions import TimeoutError as NotAnsweredError

from shared.bus.cluster import BACKOFF, ClusterBroker
from shared.redis import CONNECTIONS, ClusterStore, Store
from shared.redis_url import read_watched

SECONDS = 10.0
ASKING_SECONDS = 2.0

FOR_EVER = -1
A_FEW = 3
"""Tries at an address that Sentinels gave: redis-py asks them for another one only after the last."""


def broker(url: str, store: Store) -> RedisBroker:
    """Return a broker that is silent, and whose reads go on by themselves once the server is back.

    In a cluster it reads by `store`.
    """
    if isinstance(store, ClusterStore):
        return ClusterBroker(store=store, logger=None, graceful_timeout=1.0, apply_types=False)
    watched = read_watched(url)
    options: dict[str, Any] = {
        "logger": None,
        "graceful_timeout": 1.0,
        "apply_types": False,
        "socket_timeout": SECONDS,
        "max_connections": CONNECTIONS,
        # FastStream sleeps 5 s after a read that failed, and asks a server made read-only without pause.
        # Reads that the client itself repeats never get there, and go on within half a second.
        "retry": Retry(
            BACKOFF,
            FOR_EVER if watched is None else A_FEW,
            supported_errors=(NotConnectedError, NotAnsweredError, ReadOnlyError),
        ),
    }
    if watched is None:
        return RedisBroker(url, **options)
    return RedisSentinelBroker(
        sentinels=watched.sentinels,
        sentinel_master_name=watched.master,
        sentinel_kwargs=watched.sentinel_options(socket_timeout=ASKING_SECONDS),
        **watched.server_options,
        **options,
    )
