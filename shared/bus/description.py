"""The AsyncAPI document of the line, made by FastStream from buses wired as the services wire them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from faststream.specification.asyncapi import AsyncAPI

from shared.bus.bus import Bus
from shared.bus.outcome import Done
from shared.events import ArticleEvent
from shared.redis import Store, connect
from shared.streams import Stream

ANYWHERE = "redis://redis:6379"
"""The server the document names: the real address may hold a password."""


def asyncapi(
    wiring: Sequence[tuple[str, Stream[Any] | None, Stream[Any] | None]], partitions: int, about: str
) -> bytes:
    """Return AsyncAPI 3.0 JSON for services given as (name, stream read, stream emitted)."""

    async def handle(_event: ArticleEvent) -> Done:
        return Done()

    store = Store(connect(ANYWHERE))
    brokers = []
    for name, reads, emits in wiring:
        bus = Bus(ANYWHERE, store, service=name, partitions=partitions)
        if reads is not None:
            bus.subscribe(reads, handle, emits=emits)
        elif emits is not None:
            bus.publishes(emits)
        brokers.append(bus.broker)
    made = AsyncAPI(*brokers, title="Wireroom", version="1", description=about)
    return made.to_specification().to_json().encode()
