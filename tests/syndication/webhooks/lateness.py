"""How late further tries came, by what the log of deliveries says of when they were due."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from services.syndication.webhooks.attempt_log import AttemptLog
from shared.redis import Store

Try = tuple[str, int, int]
"""A receiver's path, the seq of what was sent to it, and which try at that it was, from 1."""


async def lateness(store: Store, paths: Mapping[str, str], came: Mapping[Try, float]) -> list[float]:
    """Return the ms from when each further try was due to when it came (Unix time); `paths` is by subscription."""
    log, late = AttemptLog(store), []
    for subscription, path in paths.items():
        for _, entry in await log.before(subscription, None, 1_000):
            told = orjson.loads(entry)
            if told["outcome"] == "retry":
                late.append((came[path, told["seq"], told["attempt"] + 1] - told["next_attempt"]) * 1000)
    return late
