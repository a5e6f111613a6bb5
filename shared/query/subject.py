"""One event as queries see it: folded once and shared by all of them; what a query asks is in terms."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from shared.events import Article, Author, Reuse, Tag
from shared.query.words import fold, key, slug, words

NOTHING: frozenset[str] = frozenset()
WORD = re.compile(r"[^\W\d_]+")
FIRST = "first-of-cluster"
YES_OR_NO = ("true", "false")
SHOWN: Mapping[Reuse, int] = {"headline": 1, "summary": 2, "full": 3}
"""How many of an article's zones, in their order, are left where it may go on so far."""


@dataclass(frozen=True, eq=False)
class Subject:
    """The folded values of each field, and the text zones as they came, cut into words on first use.

    `reuse` is how much of the text its source lets go on; of what is `part_of` another, only some zones are left.
    """

    fields: Mapping[str, frozenset[str]]
    zones: tuple[str, ...] = ()
    reuse: Reuse = "full"
    part_of: Subject | None = None
    _parts: dict[int, Subject] = field(default_factory=dict)

    @property
    def whole(self) -> Subject:
        """All of it."""
        return self.part_of or self

    def as_seen(self, sees: Reuse | None) -> Subject:
        """Return what is left for who may see so much of an article: no more than its source allows, but all for None.

        Who could match what it may not read would find that out word by word.
        """
        left = len(self.zones) if sees is None else min(SHOWN[sees], SHOWN[self.reuse])
        if left >= len(self.zones):
            return self
        part = self._parts.get(left)
        if part is None:
            part = self._parts[left] = Subject(self.fields, self.zones[:left], self.reuse, self.whole)
        return part

    def values(self, field: str) -> frozenset[str]:
        """Return all folded values of a field; for `text`, the words."""
        return self.vocabulary if field == "text" else self.fields.get(field, NOTHING)

    def has_value(self, field: str, value: str, *, prefix: bool = False) -> bool:
        """Whether a field other than `text` has this folded value, or one that begins with it."""
        values = self.fields.get(field, NOTHING)
        return any(each.startswith(value) for each in values) if prefix else value in values

    def has_phrase(self, phrase: str, *, prefix: bool = False) -> bool:
        """Whether folded words (spaced once) stand in a row in one zone; `prefix` leaves the last open."""
        if phrase in self.vocabulary:
            return True
        *whole, last = phrase.split(" ")
        if whole:
            known = self.vocabulary.issuperset(whole) and (prefix or last in self.vocabulary)
            return known and f" {phrase}{'' if prefix else ' '}" in self._running
        return prefix and self._has_word_from(last)

    def _has_word_from(self, start: str) -> bool:
        at = bisect_left(self._sorted, start)
        return at < len(self._sorted) and self._sorted[at].startswith(start)

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every word of the text, once."""
        return frozenset(self._running.split())

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self.vocabulary)

    @cached_property
    def _running(self) -> str:
        # All words with a space on both sides, so that a phrase is a substring; a line break keeps
        # a phrase from reaching over the edge of a zone.
        return "\n".join(f" {' '.join(words(fold(zone)))} " for zone in self.zones)


def subject_of(article: Article, event_type: str) -> Subject:
    """Prepare an article and the public type of its event (`article.retracted`) for any number of queries.

    Tags count when applied (not when only suggested), by id, slug and name; authors by id and name, each also as a
    slug, and agencies by their initials. A language counts with its shorter ranges, as in RFC 4647 basic
    filtering. The first of a cluster is who is no copy or revision of another source's story. Of what is withheld
    nothing counts but source and type: who may not read it could find out word by word what it says.
    """
    if article.status == "withheld":
        return Subject({"source": _keys([article.source.id]), "type": _keys([event_type])})
    tags = [tag for tag in article.tags if tag.status == "applied"]
    fields = {
        "tag": _keys(text for tag in tags for text in _names_of_tag(tag)),
        "kind": _keys(tag.kind for tag in tags),
        "author": _keys(text for author in article.authors for text in _names_of_author(author)),
        "source": _keys([article.source.id]),
        "section": _keys([article.section, slug(article.section)] if article.section else []),
        "lang": frozenset(_language_ranges(article.language or "")),
        "type": _keys([event_type]),
        FIRST: frozenset({YES_OR_NO[article.duplicate_of is not None or article.revision_of is not None]}),
    }
    return Subject(fields, (article.headline, article.summary or "", article.body_text), article.reuse)


def _names_of_tag(tag: Tag) -> tuple[str, ...]:
    return tag.id, tag.slug, tag.name, slug(tag.name)


def _names_of_author(author: Author) -> tuple[str, ...]:
    initials = _initials(author.name) if author.kind == "agency" else ""
    return author.id or "", author.name, slug(author.name), initials


def _initials(name: str) -> str:
    """Return what an agency of two words or more signs with: AP, AFP, and dpa without regard to case."""
    told = [word for word in WORD.findall(name) if word.casefold() != "the"]
    return "".join(word[0] for word in told) if len(told) > 1 else ""


def _keys(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(map(key, texts)) - {""}


def _language_ranges(tag: str) -> Iterator[str]:
    parts = key(tag).replace("_", "-").split("-")
    return ("-".join(parts[:count]) for count in range(1, len(parts) + 1) if parts[0])
