"""Finds stories of ours that other Wirerooms passed on, on their way back; what becomes of them offers decide."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime

from services.ingest.changes import Known
from services.ingest.identity import named_by, source_of
from services.ingest.store import BATCH, ItemStore
from services.ingest.submission import Submission


async def returned(items: ItemStore, submissions: Sequence[Submission]) -> Collection[int]:
    """Return the positions of items that are stories of ours on their way back. Raises RedisError.

    Two Wirerooms that poll each other, or a longer ring, would hand copies round for ever. An item's `via` names what
    it was called on its way: where that is an article of ours, it is left out. What names an article of ours by its
    own guid alone comes from a feed of ours: that is taken, once, but no copy of such a copy.
    """
    named = [name for one in submissions for name in (*one.via, one.guid or "")]
    ours = await _ours(items, named)
    if not ours:
        return ()
    copied = await _ours(items, [known.guid for known in ours.values()])
    return frozenset(
        at
        for at, one in enumerate(submissions)
        if any(name in ours and _is_same(ours[name], one) for name in one.via)
        or ((guid := one.guid or "") in ours and ours[guid].guid in copied)
    )


async def _ours(items: ItemStore, identifiers: Iterable[str]) -> dict[str, Known]:
    """Return those identifiers that name an article which was published here, with what is known of it."""
    named = {identifier: id for identifier in identifiers if (id := named_by(identifier)) is not None}
    asked: dict[str, list[str]] = {}
    for id in dict.fromkeys(named.values()):
        asked.setdefault(source_of(id), []).append(id)
    sources, known = list(asked.items()), dict[str, Known]()
    for at in range(0, len(sources), BATCH):  # whoever means ill names tens of thousands
        some = sources[at : at + BATCH]
        stored = await asyncio.gather(*(items.read(source_id, ids) for source_id, ids in some))
        for (_, ids), found in zip(some, stored, strict=True):
            known |= {id: Known.read(before) for id, before in zip(ids, found, strict=True) if before}
    return {name: known[id] for name, id in named.items() if id in known and known[id].version > 0}


def _is_same(known: Known, submission: Submission) -> bool:
    """Tell whether a story is the one known here: another Wireroom has the same id where it calls a source as we do.

    What is passed on keeps its date of publication, to the second.
    """
    published = submission.published_at
    return published is not None and _second(published) == _second(known.published_at)


def _second(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
