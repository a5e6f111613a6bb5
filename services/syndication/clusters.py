"""One story and all its copies and revisions, followed from any of them; who is whose copy is enrichment's to say."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from services.syndication.related import Card, Find

Copies = Callable[[str, int], Awaitable[Sequence[str]]]
"""Returns up to so many articles that were ever a copy or revision of one, oldest first."""

HOPS = 10
"""Steps up to the first: a copy of a revision of a story takes two."""
MOST = 200


@dataclass(frozen=True, slots=True)
class Cluster:
    """A story's first article and what came of it, oldest first; `whole` unless there are more than MOST."""

    members: tuple[Card, ...]
    whole: bool

    @property
    def first(self) -> Card:
        """The article that had the story first."""
        return self.members[0]

    @property
    def canonical(self) -> Card:
        """The one to show: of what is no plain copy and not taken back, the longest, then the latest."""
        return max(self.members, key=_worth)


def _worth(card: Card) -> tuple[bool, bool, int, str, str]:
    return (
        card.status == "usable",
        card.duplicate_of is None,
        card.words,
        card.ingested_at.isoformat(),
        card.id,
    )


async def cluster_of(id: str, find: Find, copies: Copies) -> Cluster | None:
    """Return the cluster of an article that is in the ledger, None for another."""
    (first,) = await find([id])
    if first is None:
        return None
    seen = {first.id}
    while first.of is not None and first.of not in seen and len(seen) <= HOPS:
        (above,) = await find([first.of])
        if above is None:
            break
        seen.add(above.id)
        first = above
    members, asked = {first.id: first}, [first.id]
    whole = True
    while asked and whole:
        parent = asked.pop(0)
        found = await copies(parent, MOST + 1)
        cards = await find([each for each in found if each not in members])
        below = [card for card in cards if card is not None and card.of == parent]
        whole = len(members) + len(below) <= MOST and len(found) <= MOST
        members |= {card.id: card for card in below[: MOST - len(members)]}
        asked += [card.id for card in below]
    first, *rest = members.values()
    return Cluster((first, *sorted(rest, key=lambda card: (card.ingested_at, card.id))), whole)


def shown(cluster: Cluster) -> dict[str, Any]:
    """Return a cluster as the API shows it."""
    return {
        "first": cluster.first.id,
        "canonical": cluster.canonical.id,
        "whole": cluster.whole,
        "members": [_member(card, cluster.first.id) for card in cluster.members],
    }


def _member(card: Card, first: str) -> dict[str, Any]:
    relation = "duplicate" if card.duplicate_of else "revision"
    return {
        "id": card.id,
        "version": card.version,
        "relation": "first" if card.id == first else relation,
        "of": None if card.id == first else card.of,
        "status": card.status,
        "source": card.source,
        "headline": card.headline,
        "url": card.url,
        "published_at": card.published_at,
        "word_count": card.words,
    }
