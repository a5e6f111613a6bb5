"""What is to be written for each article of a document, and in which portions; writing is left to intake."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from services.ingest import changes
from services.ingest.changes import Changed, Known, New
from services.ingest.offers import Offer
from services.ingest.parting import parted
from services.ingest.results import Accepted, Outdated, Refused, Result, Retracted, Unchanged
from services.ingest.store import NOTHING, Entry
from shared.events import ArticleIngested, to_json

MOST_ENTRIES = 200
MOST_BYTES = 4 * 1024 * 1024
"""Of events in one script."""


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of one article: the answer, and what is written for it."""

    result: Result
    entry: Entry | None = None
    aliases: Mapping[bytes, str] = field(default_factory=dict)


def runs(steps: Sequence[Step]) -> Iterator[list[Step]]:
    """Cut steps into what one script may hold, for the server does nothing else meanwhile."""
    run: list[Step] = []
    size = 0
    for step in steps:
        run.append(step)
        size += len(step.entry.event) if step.entry is not None else 0
        if len(run) >= MOST_ENTRIES or size >= MOST_BYTES:
            yield run
            run, size = [], 0
    if run:
        yield run


def decided(event: ArticleIngested, known: Known | None, before: bytes, offer: Offer) -> Step:
    """Return what is to be written for an offer, of which `before` is stored."""
    id, version = event.article.id, known.version if known else 0
    if version == 0 and event.article.status == "canceled":
        return Step(Refused(id, "status", "is canceled, but the article was never published"))
    after = replace(changes.remembered(event, known, offer.submission.updated_at), given=offer.given)
    also = {offer.other: id} if offer.other else {}
    if not offer.wanted and not after.until:  # what is not out yet is no old story, even in a source new to us
        unseen = Entry(id, before, replace(after, version=0).write()) if known is None else None
        return Step(Unchanged(id, version), unseen, offer.keys() if known is None else also)
    match changes.decide(known, event, after):
        case New() | Changed():
            return step_of(parted(event), before, after, offer.keys() | also)
        case changes.Retracted():
            return Step(Retracted(id, version), None, also)
        case changes.Outdated():
            return Step(Outdated(id, version), None, also)
        case _:
            noted = known is not None and known.given != offer.given
            entry = Entry(id, before, replace(known, given=offer.given).write()) if known and noted else None
            return Step(Unchanged(id, version), entry, also)


def step_of(event: ArticleIngested, before: bytes, after: Known, aliases: Mapping[bytes, str] = NOTHING) -> Step:
    """Return the step that publishes an event."""
    article = event.article
    entry = Entry(article.id, before, after.write(), to_json(event), event.correlation_id)
    return Step(Accepted(article.id, article.version), entry, aliases)
