"""Hands what a file holds to the intake: its stories and its withdrawals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from services.ingest.document import Document
from services.ingest.drop.files import Found
from services.ingest.intake import Intake
from services.ingest.results import Accepted, Refused, Result
from services.ingest.source import Settings, titled
from services.ingest.submission import Submission

BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """What came of a file."""

    source_id: str
    correlation_id: str
    items: int = 0
    accepted: int = 0
    withdrawn: int = 0
    refusal: str | None = None


async def take_in(intake: Intake, file: Found, document: Document) -> Took:
    """Commit a document, oldest story first. Raises RedisError and ContendedError; doing it again does no harm."""
    submissions = list(reversed(document.submissions))
    submissions.sort(key=_time)
    owner, correlation = submissions[0].source.id if submissions else file.source_id, uuid4().hex
    results = await _accepted(intake, owner, submissions, document, correlation)
    withdrawn = [await intake.withdraw(owner, one) for one in document.withdrawals]
    refused = [result for result in results if isinstance(result, Refused)]
    return Took(
        source_id=owner,
        correlation_id=correlation,
        items=len(results) + len(document.withdrawals),
        accepted=sum(isinstance(result, Accepted) for result in results),
        withdrawn=sum(isinstance(result, Accepted) for result in withdrawn),
        refusal=f"was refused: {refused[0].field} {refused[0].reason}" if refused else None,
    )


async def _accepted(
    intake: Intake, source_id: str, submissions: Sequence[Submission], document: Document, correlation: str
) -> list[Result]:
    known = await intake.source(Settings(id=source_id, kind="drop", origin="drop"))
    source = titled(known, document.title, document.home)
    fields = {"title": document.title, "home": document.home or ""} if document.title else {}
    results: list[Result] = []
    for at in range(0, len(submissions), BATCH):
        batch = submissions[at : at + BATCH]
        results += await intake.accept(source, batch, fields, correlation_id=correlation)
    return results


def _time(item: Submission) -> float:
    return item.published_at.timestamp() if item.published_at else 0.0
