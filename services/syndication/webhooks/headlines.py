"""What an article is called, for who may be shown that: lists of what went to a subscription name articles by it."""

from __future__ import annotations

from dataclasses import dataclass

from services.syndication.webhooks.newer import versions
from services.syndication.webhooks.reading import LedgerReader
from services.syndication.within import Within, allows
from shared.auth import Admin, Principal
from shared.events import Article

MOST = 10
"""The newest versions that are looked at."""


@dataclass(frozen=True, slots=True)
class Headlines:
    """Every method raises RedisError."""

    ledger: LedgerReader
    within: Within

    async def of(self, who: Principal, article_id: str) -> str | None:
        """Return an article's newest headline; None where it is not kept, or not within what somebody may have."""
        within, looked = await self.within.of(who), 0
        async for entry in versions(self.ledger, article_id):
            document = await self.ledger.document(article_id, entry.version)
            looked += 1
            if document is None or looked > MOST:
                return None
            article = Article.model_validate_json(document)
            if article.status == "withheld" and not isinstance(who, Admin):
                return None
            # One that was taken back no longer tells what it was about: the version before does.
            if article.status != "canceled" or (within is None and article.headline):
                return (article.headline or None) if allows(within, article, entry.type) else None
        return None
