"""Syndication's articles: every version's document, compressed, kept before the ledger names it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from services.syndication.cache import Recent
from services.syndication.feeds.shelf import FeedName, Listed
from services.syndication.ledger import Head, Ledger, Recorded
from services.syndication.packing import Packing
from services.syndication.related import Card, card_of
from shared.events import Article, Given, to_json
from shared.redis import Store

CACHED_BYTES = 64 * 1024 * 1024
GIVEN = b"\n"
"""Between a document and what its source gave, packed together since they say much the same; no JSON has it."""
SAME = b"="
"""Before the number of the version whose document this one's equals: one done over for nothing costs few bytes."""


def documents_key(article_id: str) -> str:
    """Return the key of the hash version -> the packed article's JSON, of versions after the first."""
    return f"{{a:{article_id}}}:docs"


def first_key(article_id: str) -> str:
    """Return the key of the first version's: most articles have no other, and a hash of one costs 200 bytes more."""
    return f"{{a:{article_id}}}:1"


def copies_key(article_id: str) -> str:
    """Return the key of the sorted set of articles that were ever a copy or revision of one, by when they came."""
    return f"{{a:{article_id}}}:copies"


class Articles:
    """Keeps and finds articles by (id, version); the newest read or written stay in memory, as bytes."""

    def __init__(self, store: Store, cached_bytes: int = CACHED_BYTES) -> None:
        self._store, self._packing = store, Packing()
        self._cache: Recent[tuple[str, int], bytes] = Recent(cached_bytes)

    async def keep(self, article: Article, given: Given | None = None, previous: Article | None = None) -> Article:
        """Keep a version and return it; what is kept already under its number wins and is returned instead.

        Where it says the same as `previous`, that one is returned and no more than its number is kept. A copy or
        revision is noted beside the story that it is one of, before the ledger names it.
        """
        if of := article.duplicate_of or article.revision_of:
            moment = int(article.ingested_at.timestamp())
            await self._store.do("ZADD", copies_key(of), "NX", moment, article.id)
        if previous is not None and article.model_copy(update={"version": previous.version}) == previous:
            reference = SAME + str(previous.version).encode()
            if await self._put(article.id, article.version, reference):
                return previous
            return await self.article(article.id, article.version) or previous
        document = to_json(article)
        beside = GIVEN + given.model_dump_json(exclude_defaults=True).encode() if given else b""
        packed = self._packing.pack(document + beside)
        if await self._put(article.id, article.version, packed):
            self._cache.put((article.id, article.version), document, len(document))
            return article
        return await self.article(article.id, article.version) or article

    async def document(self, article_id: str, version: int) -> bytes | None:
        """Return a version's JSON, or None when it is not kept."""
        key = (article_id, version)
        held = self._cache.get(key)
        if held is not None:
            return held
        packed = await self._packed(article_id, version)
        if packed is None:
            return None
        if packed[:1] == SAME:
            return await self.document(article_id, int(packed[1:]))
        document = self._packing.unpack(packed).partition(GIVEN)[0]
        self._cache.put(key, document, len(document))
        return document

    async def given(self, article_id: str, version: int) -> Given | None:
        """Return what the source gave of a version, or None when it was not kept."""
        packed = await self._packed(article_id, version)
        if packed and packed[:1] == SAME:
            return await self.given(article_id, int(packed[1:]))
        given = self._packing.unpack(packed).partition(GIVEN)[2] if packed else b""
        return Given.model_validate_json(given) if given else None

    async def article(self, article_id: str, version: int) -> Article | None:
        """Return a version, or None when it is not kept."""
        document = await self.document(article_id, version)
        return None if document is None else Article.model_validate_json(document)

    async def copies(self, article_id: str, limit: int) -> list[str]:
        """Return up to `limit` articles that were ever a copy or revision of one, oldest first."""
        return [id.decode() for id in await self._store.do("ZRANGE", copies_key(article_id), 0, limit - 1)]

    async def drop_before(self, article_id: str, version: int) -> None:
        """Drop the documents of an article up to a version that is not its newest."""
        old = [number for number in await self._numbers(article_id) if number <= version]
        if old:
            await self._store.do("HDEL", documents_key(article_id), *old)
            await self._store.do("UNLINK", first_key(article_id))
        for number in old:
            self._cache.drop((article_id, number))

    async def drop(self, article_id: str) -> None:
        """Drop everything that is kept of an article."""
        for number in await self._numbers(article_id):
            self._cache.drop((article_id, number))
        await self._store.do("UNLINK", documents_key(article_id), first_key(article_id), copies_key(article_id))

    @property
    def cached_bytes(self) -> int:
        """How much memory the documents at hand take."""
        return self._cache.size

    def forget(self) -> None:
        """Drop what is in memory: the server no longer holds the same."""
        self._cache.clear()

    async def versions(self, article_id: str) -> list[int]:
        """Return the numbers of the versions kept that say something of their own, lowest first."""
        kept = await self._store.do("HGETALL", documents_key(article_id))
        told = {int(version) for version, packed in kept.items() if packed[:1] != SAME}
        return sorted(told | {1} if await self._store.do("EXISTS", first_key(article_id)) else told)

    async def _put(self, article_id: str, version: int, packed: bytes) -> bool:
        """Keep a version; False when something is kept under its number."""
        if version == 1:
            return bool(await self._store.do("SETNX", first_key(article_id), packed))
        return bool(await self._store.do("HSETNX", documents_key(article_id), version, packed))

    async def _packed(self, article_id: str, version: int) -> bytes | None:
        if version == 1:
            first: bytes | None = await self._store.do("GET", first_key(article_id))
            if first is not None:
                return first
        found: bytes | None = await self._store.do("HGET", documents_key(article_id), version)
        return found

    async def _numbers(self, article_id: str) -> list[int]:
        return [1, *map(int, await self._store.do("HKEYS", documents_key(article_id)))]


class Library:
    """The ledger and its articles together, as feeds and webhooks read them."""

    def __init__(self, ledger: Ledger, articles: Articles) -> None:
        self.ledger, self.articles = ledger, articles

    async def read(self, after: int, limit: int, block_ms: int) -> list[Recorded]:
        """Return ledger entries after a number (`Ledger.read`)."""
        return await self.ledger.read(after, limit, block_ms)

    async def read_back(self, before: int, limit: int) -> list[Recorded]:
        """Return the last ledger entries below a number (`Ledger.read_back`)."""
        return await self.ledger.read_back(before, limit)

    async def latest(self) -> int:
        """Return the number of the newest entry (`Ledger.latest`)."""
        return await self.ledger.latest()

    async def heads(self, article_ids: Sequence[str]) -> list[Head | None]:
        """Return the newest versions of articles (`Ledger.heads`)."""
        return await self.ledger.heads(article_ids)

    async def article(self, article_id: str, version: int) -> Article | None:
        """Return one version of an article (`Articles.article`)."""
        return await self.articles.article(article_id, version)

    async def document(self, article_id: str, version: int) -> bytes | None:
        """Return one version's JSON (`Articles.document`)."""
        return await self.articles.document(article_id, version)

    async def head(self, article_id: str) -> tuple[int, int] | None:
        """Return version and seq of an article's newest entry (`webhooks.reading.LedgerReader`)."""
        found = await self.ledger.head(article_id)
        return None if found is None else (found.version, found.seq)

    async def cards(self, article_ids: Sequence[str]) -> list[Card | None]:
        """Return what is shown elsewhere of articles' newest versions, None for each that is not in the ledger."""
        heads = await self.ledger.heads(article_ids)
        found = [(id, head.version) for id, head in zip(article_ids, heads, strict=True) if head is not None]
        documents = await asyncio.gather(*(self.document(*one) for one in found))
        cards = {id: card_of(text) for (id, _), text in zip(found, documents, strict=True) if text is not None}
        return [cards.get(id) for id in article_ids]

    async def newest(self, feed: FeedName, before: int | None, limit: int) -> Sequence[Listed]:
        """Return the newest articles of a feed (`feeds.shelf.Shelf`)."""
        return [
            Listed(article, head.seq, head.version, datetime.fromtimestamp(head.ms / 1000, UTC))
            for article, head in await self.ledger.newest(_name(feed), before, limit)
        ]

    async def documents(self, wanted: Sequence[tuple[str, int]]) -> Sequence[Article]:
        """Return the articles asked for that are kept (`feeds.shelf.Shelf`)."""
        found = await asyncio.gather(*(self.articles.article(*one) for one in wanted))
        return [article for article in found if article is not None]

    async def mark(self, feed: FeedName) -> int:
        """Return the number that last changed a feed (`feeds.shelf.Shelf`)."""
        return await self.ledger.mark(_name(feed))

    async def moment(self, mark: bytes | int) -> datetime | None:
        """Return when the ledger came to a number (`feeds.shelf.Shelf`)."""
        entries = await self.ledger.read(int(mark) - 1, 1)
        if not entries or entries[0].seq != int(mark):
            return None
        head = await self.ledger.head(entries[0].article_id)
        if head is not None and head.seq == int(mark):
            return datetime.fromtimestamp(head.ms / 1000, UTC)
        return datetime.fromisoformat(entries[0].timestamp)

    async def feeds(self) -> dict[str, int]:
        """Return each feed with the number that last changed it (`feeds.listings.Source`)."""
        return await self.ledger.marks()


def _name(feed: FeedName) -> str:
    return f"{feed.kind}/{feed.slug}" if feed.slug else feed.kind
