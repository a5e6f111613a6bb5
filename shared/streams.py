"""Which event travels on which stream, who reads it, and what the keys are called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic
from zlib import crc32

from shared.events import ArticleEnriched, ArticleForgotten, ArticleIngested, ArticleRecalled, Event


@dataclass(frozen=True, slots=True)
class Stream(Generic[Event]):
    """A named stream of one kind of event, cut into partitions; `readers` are its consumer groups."""

    name: str
    event: type[Event]
    readers: tuple[str, ...]

    def key(self, partition: int) -> str:
        """Return the Redis key of one partition; the hash tag keeps a partition's streams in one slot."""
        return f"{{p{partition}}}:{self.name}"

    def dead_key(self, partition: int) -> str:
        """Return the key of the stream that keeps what the readers of this partition gave up on."""
        return f"{self.key(partition)}.dead"


ARTICLE_INGESTED = Stream("article.ingested", ArticleIngested, readers=("enrichment",))
ARTICLE_ENRICHED = Stream("article.enriched", ArticleEnriched, readers=("syndication",))
ARTICLE_RECALLED = Stream("article.recalled", ArticleRecalled, readers=("ingest",))
ARTICLE_FORGOTTEN = Stream("article.forgotten", ArticleForgotten, readers=("ingest",))

STREAMS: tuple[Stream[Any], ...] = (ARTICLE_INGESTED, ARTICLE_ENRICHED, ARTICLE_RECALLED, ARTICLE_FORGOTTEN)


def partition_of(key: str, partitions: int) -> int:
    """Return the partition of an article id: the same in every process and on every restart."""
    return crc32(key.encode()) % partitions


def hash_tag(key: str) -> str:
    """Return the part of a key that Redis Cluster hashes (cluster specification, "Hash tags")."""
    start = key.find("{")
    end = key.find("}", start + 1)
    return key[start + 1 : end] if start >= 0 and end > start + 1 else key


def one_slot(keys: Sequence[str]) -> bool:
    """Tell whether a script may touch these keys in a cluster: they share one hash tag."""
    return len(keys) == 1 or _one_slot(tuple(keys))


@lru_cache(maxsize=1_024)
def _one_slot(keys: tuple[str, ...]) -> bool:
    """Tell it of some keys, most of which come again with every event."""
    return len({hash_tag(key) for key in keys}) <= 1
