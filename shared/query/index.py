"""Finds which of many stored queries match one subject, trying only those that could; in memory alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from itertools import chain, count
from typing import Generic, NamedTuple, TypeVar

from shared.events import Reuse
from shared.query.subject import FIRST, Subject
from shared.query.terms import And, Node, Not, Or, Query, Term

Id = TypeVar("Id", bound=Hashable)

PREFIX_FILED = 8
"""Characters of a prefix that a query is filed under: bounds the lookups for each word of a text."""

COMMON = {"tag": 0, "author": 0, "text": 0, "source": 1, "section": 1, "kind": 2, "type": 3, "lang": 3, FIRST: 4}
"""How common one value of a field is among articles; a query is filed under its rarest."""


class Anchor(NamedTuple):
    """A value, or one's first `cut` characters, that a subject must have for what is filed there to match."""

    field: str
    cut: int | None
    value: str


@dataclass(slots=True, eq=False)
class _Filed(Generic[Id]):
    """A query with the ids it is stored for, each with its place in the order of adding; all see equally much."""

    query: Query
    sees: Reuse | None
    anchors: frozenset[Anchor]
    ids: dict[Id, int] = field(default_factory=dict)


class QueryIndex(Generic[Id]):
    """Stored queries under their ids; equal queries of who sees equally much are tried once, whoever stored them."""

    def __init__(self) -> None:
        self._order = count()
        self._by_id: dict[Id, _Filed[Id]] = {}
        self._by_query: dict[tuple[Query, Reuse | None], _Filed[Id]] = {}
        self._sees: Counter[Reuse | None] = Counter()
        # Dictionaries for sets: they keep the order of adding, which reads memory in one direction.
        self._shelves: dict[tuple[str, int | None], dict[str, dict[_Filed[Id], None]]] = {}
        self._unanchored: dict[_Filed[Id], None] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def add(self, id: Id, query: Query, sees: Reuse | None = None) -> None:
        """Store a query under an id, in place of any that the id had; it is asked of what its owner `sees`."""
        self.remove(id)
        filed = self._by_query.get((query, sees))
        if filed is None:
            anchors = self._anchors(query.root, wanted=True) or frozenset()
            filed = self._by_query[query, sees] = _Filed(query, sees, anchors)
            self._sees[sees] += 1
            self._file(filed)
        filed.ids[id] = next(self._order)
        self._by_id[id] = filed

    def remove(self, id: Id) -> None:
        """Forget the query of an id; an unknown id is no error."""
        filed = self._by_id.pop(id, None)
        if filed is None:
            return
        del filed.ids[id]
        if not filed.ids:
            del self._by_query[filed.query, filed.sees]
            self._sees -= Counter((filed.sees,))  # which keeps no zeros
            self._unfile(filed)

    def matching(self, subject: Subject) -> list[Id]:
        """Return the ids whose query matches, in the order they were added."""
        # Found by the whole: what is in a part of it is in there.
        tried = chain(self._unanchored, self._candidates(subject))
        seen = {sees: subject.as_seen(sees) for sees in self._sees}
        if all(each is subject for each in seen.values()):
            matched = [filed for filed in tried if filed.query.matches(subject)]
        else:
            matched = [filed for filed in tried if filed.query.matches(seen[filed.sees])]
        order = {place: id for filed in matched for id, place in filed.ids.items()}
        return [order[place] for place in sorted(order)]

    def _candidates(self, subject: Subject) -> dict[_Filed[Id], None]:
        found: dict[_Filed[Id], None] = {}
        for (name, cut), shelf in self._shelves.items():
            for value in subject.values(name):
                filed = shelf.get(value[:cut])
                if filed:
                    found |= filed
        return found

    def _file(self, filed: _Filed[Id]) -> None:
        if not filed.anchors:
            self._unanchored[filed] = None
        for name, cut, value in filed.anchors:
            self._shelves.setdefault((name, cut), {}).setdefault(value, {})[filed] = None

    def _unfile(self, filed: _Filed[Id]) -> None:
        self._unanchored.pop(filed, None)
        for name, cut, value in filed.anchors:
            shelf = self._shelves[name, cut]
            del shelf[value][filed]
            if not shelf[value]:
                del shelf[value]
            if not shelf:
                del self._shelves[name, cut]

    def _anchors(self, node: Node, *, wanted: bool) -> frozenset[Anchor] | None:
        """Return values of which each subject has one that makes the node hold (or fail), else None."""
        match node:
            case Term():
                needed = [frozenset({anchor}) for anchor in _anchors_of(node)]
                return min(needed, key=self._cost) if wanted else None
            case Not(part):
                return self._anchors(part, wanted=not wanted)
            case And(parts) | Or(parts):
                choices = [self._anchors(part, wanted=wanted) for part in parts]
                sure = [choice for choice in choices if choice is not None]
                if isinstance(node, And) is wanted:
                    return min(sure, key=self._cost, default=None)
                return frozenset[Anchor]().union(*sure) if len(sure) == len(choices) else None

    def _cost(self, anchors: Iterable[Anchor]) -> tuple[int, int]:
        """Rank by the commonest field, then by what is filed there: what many ask for, many articles have."""
        kinds, sizes = zip(*((_commonness(each), self._filed_at(each) + 1) for each in anchors), strict=True)
        return max(kinds), sum(sizes)

    def _filed_at(self, anchor: Anchor) -> int:
        return len(self._shelves.get((anchor.field, anchor.cut), {}).get(anchor.value, ()))


def _anchors_of(term: Term) -> list[Anchor]:
    """Return the values that a term needs; of a phrase its whole words, the longest (the rarest) first."""
    *whole, last = term.value.split(" ") if term.field == "text" else [term.value]
    if not term.prefix:
        whole.append(last)
    if whole:
        return [Anchor(term.field, None, word) for word in sorted(whole, key=len, reverse=True)]
    return [Anchor(term.field, min(len(last), PREFIX_FILED), last[:PREFIX_FILED])]


def _commonness(anchor: Anchor) -> int:
    short = anchor.field == "text" and len(anchor.value) <= 3  # often a function word, in every text
    open_ended = 2 if anchor.cut is not None and anchor.cut <= 3 else 0
    return COMMON[anchor.field] + short + open_ended
