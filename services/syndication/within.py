"""What a consumer may have at most, by the terms in its record; how much of each article is left is in rights.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import orjson

from shared.auth import CONSUMERS, Consumer, Principal
from shared.events import Article, Reuse
from shared.query import Query, parse, subject_of
from shared.redis import Store


@dataclass(frozen=True, slots=True)
class Terms:
    """What a consumer may have at most, whatever it asks for: what matches a query, and so much of each article."""

    query: str = ""
    reuse: Reuse = "full"


UNBOUND = Terms()


def terms_of(consumer: Mapping[str, str]) -> Terms:
    """Return the terms in a consumer's record."""
    named = {name: consumer[name] for name in ("query", "reuse") if consumer.get(name)}
    return Terms(**named)  # type: ignore[arg-type]  # as they were checked when the consumer was made


def both(one: str, other: str) -> str:
    """Return the query that asks for what both ask for. Raises QueryError where that is too long."""
    return str(parse(f"({one}) AND ({other})")) if one and other else one or other


def asked(text: str, within: str) -> Query:
    """Return what a query asks for of what its owner sees, within what it may have by all of an article.

    Raises QueryError. A newsroom's own bounds would let through what they are to keep back, were they to miss words.
    """
    return parse(text).within(parse(within)) if within else parse(text)


class Within:
    """Reads consumers' terms, anew each time. Raises RedisError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def of(self, who: Principal) -> Query | None:
        """Return what somebody is bound to, None for all there is."""
        found = await self.among([who.id]) if isinstance(who, Consumer) else {}
        return next((parse(terms.query) for terms in found.values() if terms.query), None)

    async def among(self, owners: Iterable[str | None]) -> Mapping[str, Terms]:
        """Return the terms of those of some consumers that there are."""
        asked = sorted({owner for owner in owners if owner is not None})
        kept = await self._store.do("HMGET", CONSUMERS, *asked) if asked else []
        known = zip(asked, kept, strict=True)
        return {id: terms_of(orjson.loads(record)) for id, record in known if record}


def allows(within: Query | None, article: Article, type: str | None = None) -> bool:
    """Tell whether an article is within a query; what is taken back or withheld always is, for it says nothing."""
    if within is None or article.status in ("canceled", "withheld") or type == "article.retracted":
        return True
    return within.matches(subject_of(article, type or "article.published"))
