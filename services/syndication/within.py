"""What a consumer may have at most, by the query in its record; how much of each article is said in rights.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import orjson

from shared.auth import CONSUMERS, Consumer, Principal
from shared.events import Article
from shared.query import Query, parse, subject_of
from shared.redis import Store


def both(one: str, other: str) -> str:
    """Return the query that asks for what both ask for. Raises QueryError where that is too long."""
    return str(parse(f"({one}) AND ({other})")) if one and other else one or other


class Within:
    """Reads consumers' queries, anew each time. Raises RedisError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def of(self, who: Principal) -> Query | None:
        """Return what somebody is bound to, None for all there is."""
        text = (await self.among([who.id])).get(who.id, "") if isinstance(who, Consumer) else ""
        return parse(text) if text else None

    async def among(self, owners: Iterable[str | None]) -> Mapping[str, str]:
        """Return the queries of those of some consumers that are bound by one."""
        asked = sorted({owner for owner in owners if owner is not None})
        kept = await self._store.do("HMGET", CONSUMERS, *asked) if asked else []
        known = zip(asked, kept, strict=True)
        found = ((id, orjson.loads(record).get("query") or "") for id, record in known if record)
        return {id: query for id, query in found if query}


def allows(within: Query | None, article: Article, type: str | None = None) -> bool:
    """Tell whether an article is within a query; what is taken back or withheld always is, for it says nothing."""
    if within is None or article.status in ("canceled", "withheld") or type == "article.retracted":
        return True
    return within.matches(subject_of(article, type or "article.published"))
