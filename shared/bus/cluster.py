"""FastStream's broker for a Redis Cluster, whose reads follow their stream from node to node; starts nothing.

FastStream's own for clusters asks without a pause while a node is away, for the map and for all of its commands.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, ClassVar

from faststream.redis import RedisBroker
from faststream.redis.configs.state import ConnectionState
from redis.backoff import ExponentialBackoff
from redis.exceptions import RedisError

from shared.redis import ClusterStore, is_passing

BACKOFF = ExponentialBackoff(cap=0.5, base=0.05)


class Reads:
    """What FastStream asks of a client to read streams by groups."""

    def __init__(self, store: ClusterStore) -> None:
        self._store = store

    async def ping(self) -> bool:
        """Say that there is somebody to ask: whether the nodes answer is found out by reading."""
        return True

    async def xgroup_create(self, *, name: str, id: str, groupname: str, mkstream: bool) -> Any:
        """Make a group, and its stream. Raises RedisError."""
        return await self._store.at(
            name, lambda client: client.xgroup_create(name=name, id=id, groupname=groupname, mkstream=mkstream)
        )

    async def xreadgroup(self, *, streams: Mapping[Any, Any], **asked: Any) -> Any:
        """Read one stream, however often it takes. Raises RedisError for what does not pass."""
        (stream,), failures = streams, 0
        while True:
            try:
                return await self._store.at(stream, lambda client: client.xreadgroup(streams=dict(streams), **asked))
            except (RedisError, OSError) as error:
                if not (is_passing(error) or isinstance(error, OSError)):
                    raise
            failures += 1
            await asyncio.sleep(BACKOFF.compute(min(failures, 10)))

    async def aclose(self) -> None:
        """Leave the connections to the store, whose they are."""


class _Connected(ConnectionState[Any]):
    __slots__ = ()

    async def connect(self) -> Reads:
        self._client = Reads(self._options["store"])
        self._connected = True
        return self._client


class ClusterBroker(RedisBroker):
    """A broker that is given the `store` to read by."""

    _EXTRA_NON_CONNECTION_PARAMS: ClassVar[frozenset[str]] = frozenset({"store"})

    def __init__(self, *, store: ClusterStore, **options: Any) -> None:
        self._init_broker("redis://cluster:6379", {**options, "store": store})

    def _make_connection_state(self, _options: dict[str, Any], kwargs: dict[str, Any]) -> _Connected:
        return _Connected({"store": kwargs["store"]})
