"""What the tests of ingest share: submissions, an intake on a store, a line that remembers, a clock to set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from services.ingest.intake import Intake
from services.ingest.outbox import Outbox
from services.ingest.pressure import Pressure
from services.ingest.source import Settings, Source
from services.ingest.store import ItemStore, SourceStore
from services.ingest.submission import Submission
from shared.redis import RedisError, Store
from shared.streams import Stream
from tests.builders import SEALS, a_push

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def a_submission(**over: Any) -> Submission:
    return Submission.model_validate(a_push(**over))


def a_source(**over: Any) -> Source:
    return Source(Settings(**{"id": "desk", "kind": "push", "origin": "push"} | over))


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, moment: datetime = NOON) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def seconds(self) -> float:
        return self.moment.timestamp()

    def forward(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@dataclass
class FakeLine:
    """Takes what is sent to it, or refuses while `away`."""

    sent: list[tuple[str, int]] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)
    away: bool = False

    async def send(self, stream: Stream[Any], events: Sequence[tuple[str, bytes, str]]) -> None:
        assert stream.name == "article.ingested"
        if self.away:
            raise RedisError("away")
        self.batches.append(len(events))
        for key, body, _ in events:
            event = orjson.loads(body)
            self.bodies.append(event)
            self.sent.append((key, event["article"]["version"]))


async def no_depth() -> int:
    return 0


class Bench:
    """An intake with everything it needs, on a store."""

    def __init__(self, store: Store) -> None:
        self.clock, self.line = Clock(), FakeLine()
        self.sources, self.items = SourceStore(store, SEALS), ItemStore(store)
        self.outbox = Outbox(self.items, self.sources, self.line)
        self.pressure = Pressure(no_depth, self.clock.seconds)
        self.intake = Intake(self.sources, self.items, self.outbox, self.pressure, self.clock)

    async def sent(self) -> list[tuple[str, int]]:
        await self.outbox.idle(5)
        return self.line.sent
