"""Finds stories of ours that other Wirerooms passed on, on their way back; what becomes of them offers decide."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime

from services.ingest.changes import Known
from services.ingest.identity import named_by, source_of
from services.ingest.store import ItemStore
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
    found: dict[str, Known] = {}
    for source_id in {source_of(id) for id in named.values()}:
        ids = list({id for id in named.values() if source_of(id) == source_id})
        stored = dict(zip(ids, await items.read(source_id, ids), strict=True))
        known = {id: Known.read(before) for id, before in stored.items() if before}
        found |= {name: known[id] for name, id in named.items() if id in known and known[id].version > 0}
    return found


def _is_same(known: Known, submission: Submission) -> bool:
    """Tell whether a story is the one known here: another Wireroom has the same id where it calls a source as we do.

    What is passed on keeps its date of publication, to the second.
    """
    published = submission.published_at
    return published is not None and _second(published) == _second(known.published_at)


def _second(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
