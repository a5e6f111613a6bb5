"""Wires FastStream subscribers to readers, one of each for every partition; sends events."""

from __future__ import annotations

import asyncio
import os
import socket
import uuid
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Self, cast

from faststream import AckPolicy
from faststream.redis import StreamSub
from faststream.redis.message import RedisBatchStreamMessage

from shared.bus import wire
from shared.bus.broker import broker
from shared.bus.outcome import Limits, Outcome
from shared.bus.reader import Handler, Reader
from shared.bus.route import Route
from shared.bus.subscription import Subscription
from shared.events import Event
from shared.redis import Redis, Store, close
from shared.streams import Stream, partition_of

BLOCK_MS = 1000


def consumer_name(service: str) -> str:
    """Return a name no other process ever had: nothing is expected to come back under an old one."""
    return f"{service}-{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:12]}"


class _Named(StreamSub[Any]):
    """A stream by its whole name: FastStream copies a StreamSub deeply, twice a batch, to put a prefix before it."""

    def add_prefix(self, prefix: str) -> Self:
        return self if not prefix else super().add_prefix(prefix)


class Bus:
    """Publishes and consumes the line's events; one per service and process."""

    def __init__(self, url: str, store: Store, *, service: str, partitions: int, limits: Limits | None = None) -> None:
        self.store, self.service, self.partitions = store, service, partitions
        self.limits = limits or Limits()
        self.broker = broker(url, store)
        self._client: object = None
        self.subscriptions: list[Subscription] = []

    def subscribe(
        self,
        stream: Stream[Event],
        handler: Callable[[Event], Awaitable[Outcome]],
        emits: Stream[Any] | None = None,
    ) -> None:
        """Have every event of a stream handled; what the handler returns goes to `emits` on acknowledgement."""
        consumer = consumer_name(self.service)
        for partition in range(self.partitions):
            target = emits or stream
            route = Route(
                stream=stream.name,
                partition=partition,
                source=stream.key(partition),
                target=target.key(partition),
                dead=stream.dead_key(partition),
                group=self.service,
                consumer=consumer,
                event=stream.event,
            )
            reader = Reader(route, cast("Handler", handler), self.store, self.limits)
            subscriber = self._subscriber(reader, stream)
            self.subscriptions.append(Subscription(stream, partition, reader, subscriber))
            if emits is not None:
                self.broker.publisher(stream=StreamSub(target.key(partition)), schema=emits.event)

    def publishes(self, stream: Stream[Any]) -> None:
        """Name a stream this service sends to, for the AsyncAPI document."""
        for partition in range(self.partitions):
            self.broker.publisher(stream=StreamSub(stream.key(partition)), schema=stream.event)

    async def send(self, stream: Stream[Any], events: Sequence[tuple[str, bytes, str]]) -> None:
        """Append events given as (article id, JSON body, correlation id), in order within an article.

        Raises RedisError when any of them was not taken; sending them all again is harmless downstream.
        """
        await asyncio.gather(
            *(
                self.store.ask(
                    "XADD",
                    stream.key(partition_of(key, self.partitions)),
                    "*",
                    wire.FIELD,
                    wire.encode(body, correlation_id),
                )
                for key, body, correlation_id in events
            )
        )

    async def depth(self, stream: Stream[Any]) -> int:
        """Return how many entries some group has yet to acknowledge, with those acknowledged in the last second."""
        keys = (stream.key(partition) for partition in range(self.partitions))
        return sum(await asyncio.gather(*(self.store.do("XLEN", key) for key in keys)))

    async def start(self) -> None:
        """Make the groups and begin to read; waits for a Redis that is not there yet."""
        self._client = await self.broker.connect()
        for subscription in self.subscriptions:
            subscription.reader.start()
            subscription.watch.start()
            subscription.reclaim.start()

    async def stop(self) -> None:
        """Stop reading, finish what is in hand within the grace period, disconnect."""
        for subscription in self.subscriptions:
            await subscription.watch.stop()
            subscription.reader.close()
        await self.broker.stop()
        if isinstance(self._client, Redis):
            await close(self._client)
        await asyncio.gather(*(subscription.reader.stop() for subscription in self.subscriptions))
        for subscription in self.subscriptions:
            await subscription.reclaim.stop()

    def unready(self) -> str | None:
        """Return in words why the line is not being read, or None when it is."""
        for subscription in self.subscriptions:
            if not (subscription.watch.running and subscription.subscriber.running):
                return f"{subscription.name} is not being read"
            if subscription.watch.failed is not None:
                return f"{subscription.name} is not being watched over"
        return None

    def _subscriber(self, reader: Reader, stream: Stream[Any]) -> Any:
        route = reader.route
        sub = _Named(
            route.source,
            group=route.group,
            consumer=route.consumer,
            batch=True,
            max_records=self.limits.batch,
            polling_interval=BLOCK_MS,
        )

        async def parse(message: Any) -> RedisBatchStreamMessage:
            return RedisBatchStreamMessage(
                raw_message=message,
                body=list(zip(message["message_ids"], message["data"], strict=True)),
                correlation_id="-",
                message_id="-",
                consumer=cast("Any", None),  # only `ack` would use it, and settling is ours
                group=route.group,
            )

        async def decode(message: RedisBatchStreamMessage) -> Any:
            return message.body

        subscriber = self.broker.subscriber(
            stream=sub,
            ack_policy=AckPolicy.MANUAL,
            parser=parse,
            decoder=decode,
            title=f"{stream.name}:{route.group}:{route.source}",
            description=f"{stream.event.__doc__} Read by the {route.group} service.",
        )

        async def take(entries: list[tuple[bytes, dict[bytes, bytes]]]) -> None:
            for entry_id, fields in entries:
                reader.take(entry_id, fields)
            await reader.room()

        take.__annotations__["entries"] = list[stream.event]  # type: ignore[name-defined]  # read by AsyncAPI only
        subscriber(take)
        return subscriber
