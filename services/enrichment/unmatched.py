"""Gathers the names that no profile was found for, and says who might be meant; nothing is linked by likeness."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz import fuzz, process

from services.enrichment.authors import AuthorBook
from services.enrichment.linking import resolved
from shared.events import Author
from shared.names import name_key

LIKE = 80.0
MOST_LIKE = 3
MOST_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Like:
    """A profile that a name is like, of 100 how much; outlet and role tell an editor whether it can be meant."""

    id: str
    name: str
    likeness: float
    outlet: str | None
    role: str | None


@dataclass(slots=True)
class Unmatched:
    """A name without a profile: in how many articles, of which sources, when last, with the newest ids as examples."""

    name: str
    kind: str
    count: int = 0
    sources: list[str] = field(default_factory=list)
    last_seen: str = ""
    articles: list[str] = field(default_factory=list)

    def note(self, article: str, source: str, moment: str) -> None:
        """Count one more article; called in the ledger's order."""
        self.count += 1
        self.last_seen = max(self.last_seen, moment)
        self.articles = [article, *self.articles][:MOST_EXAMPLES]
        if source not in self.sources:
            self.sources.append(source)


def unmatched(events: Iterable[Mapping[str, Any]], book: AuthorBook) -> list[Unmatched]:
    """Return the names without a profile in events of the ledger (as the API tells them), the most frequent first.

    Only the last version of an article counts; a name that `book` links by now is left out.
    """
    newest: dict[str, tuple[str, str, tuple[tuple[str, str], ...]]] = {}
    for event in events:
        article = event["data"]["article"]
        authors = article.get("authors") or ()
        names = tuple((one["name"], one.get("kind", "person")) for one in authors if one.get("id") is None)
        newest.pop(article["id"], None)
        if names:
            newest[article["id"]] = (article["source"]["id"], event["timestamp"], names)
    found: dict[str, Unmatched] = {}
    linked: dict[tuple[str, str], bool] = {}
    for article_id, (source, moment, names) in newest.items():
        for name, kind in names:
            if (name, source) not in linked:
                linked[name, source] = _linked(name, source, book)
            if not linked[name, source]:
                found.setdefault(name_key(name), Unmatched(name, kind)).note(article_id, source, moment)
    return sorted(found.values(), key=lambda one: (-one.count, one.name))


def like(name: str, book: AuthorBook) -> tuple[Like, ...]:
    """Return up to three profiles whose name or alias is spelt much like a name, the likest first.

    Compares with every key: some milliseconds where there are ten thousand.
    """
    keys = list(dict.fromkeys([*book.by_name, *book.by_alias]))
    found: dict[str, Like] = {}
    alike = process.extract(name_key(name), keys, scorer=fuzz.token_sort_ratio, score_cutoff=LIKE, limit=MOST_LIKE * 2)
    for key, likeness, _ in alike:
        for profile in (*book.by_name.get(key, ()), *book.by_alias.get(key, ())):
            author = profile.author
            one = Like(str(author.id), author.name, round(likeness, 1), profile.outlet, author.role)
            found.setdefault(one.id, one)
    return tuple(found.values())[:MOST_LIKE]


def _linked(name: str, source: str, book: AuthorBook) -> bool:
    return all(author.id is not None for author in resolved([Author(name=name)], None, source, book))
