"""Has secrets sealed that were stored before any were, and tells of those that cannot be opened."""

from __future__ import annotations

import structlog

from services.ingest.source import SHUT
from services.ingest.store import SourceStore
from services.ingest.websub.store import SubscriptionStore

log = structlog.get_logger()

TOLD = 20
"""Sources that one line of the log names."""


class Sealing:
    """Looks through all sources when ticked: at start, and later for what an older replica stored meanwhile."""

    def __init__(self, sources: SourceStore, subscriptions: SubscriptionStore) -> None:
        self._sources, self._subscriptions = sources, subscriptions

    async def tick(self) -> None:
        """Do so. Raises RedisError; what was sealed before stays so."""
        holding = [source.settings for source in await self._sources.all() if source.settings.secrets]
        sealed = sum([await self._sources.seal(settings.id) for settings in holding])
        sealed += sum([await self._subscriptions.seal(id) for id in await self._subscriptions.ids()])
        shut = [settings.id for settings in holding if settings.shut]
        if sealed:
            log.info("secrets.sealed", count=sealed)
        if shut:
            log.warning("secrets.unreadable", sources=shut[:TOLD], count=len(shut), reason=SHUT)
