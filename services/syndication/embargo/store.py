"""The texts of versions under an embargo, apart from all that is published; when they are due is the ledger's."""

from __future__ import annotations

from services.syndication.packing import Packing
from shared.events import ArticleEnriched, to_json
from shared.redis import Store


def texts_key(article_id: str) -> str:
    """Return the key of the hash version -> packed event of what waits."""
    return f"{{a:{article_id}}}:embargoed"


class Texts:
    """Keeps the events of versions that wait; every method may raise RedisError."""

    def __init__(self, store: Store) -> None:
        self._store, self._packing = store, Packing()

    async def keep(self, event: ArticleEnriched) -> None:
        """Keep a version's event; done twice, it is the same."""
        article = event.article
        await self._store.do("HSET", texts_key(article.id), article.version, self._packing.pack(to_json(event)))

    async def event(self, article_id: str, version: int) -> ArticleEnriched | None:
        """Return a version's event, or None when it is not kept."""
        packed = await self._store.do("HGET", texts_key(article_id), version)
        return None if packed is None else ArticleEnriched.model_validate_json(self._packing.unpack(packed))

    async def delete(self, article_id: str, version: int) -> None:
        """Forget a version's event."""
        await self._store.do("HDEL", texts_key(article_id), version)
