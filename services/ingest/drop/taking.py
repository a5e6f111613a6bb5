"""Hands what a file holds to the intake: its stories, its withdrawals, and what waits for an embargo to end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from services.ingest.document import Document, Withdrawal
from services.ingest.drop.files import Found
from services.ingest.drop.memory import Memory
from services.ingest.identity import article_id
from services.ingest.intake import Accepted, Intake, Refused, Result
from services.ingest.normalize import WITHDRAWN, name_of
from services.ingest.source import Settings, titled
from services.ingest.submission import Submission
from shared.events import Retraction

BATCH = 200
EMBARGO = "embargoed_until"


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """What came of a file: `until` is when the first embargo of the `held` stories ends (Unix seconds)."""

    source_id: str
    correlation_id: str
    items: int = 0
    accepted: int = 0
    withdrawn: int = 0
    held: int = 0
    until: float | None = None
    refusal: str | None = None


async def take_in(intake: Intake, memory: Memory, file: Found, document: Document, *, again: bool) -> Took:
    """Commit a document, oldest story first. Raises RedisError and ContendedError; doing it again does no harm.

    `again` says that only what was held back before is left of it: and of that, what no other file has changed or
    withdrawn meanwhile.
    """
    submissions = list(reversed(document.submissions))
    submissions.sort(key=_time)
    if again:
        held_before = await memory.holds(file.name, [name_of(one)[0] for one in submissions])
        submissions = [one for one in submissions if name_of(one)[0] in held_before]
    owner, correlation = submissions[0].source.id if submissions else file.source_id, uuid4().hex
    results = await _accepted(intake, owner, submissions, document, correlation)
    withdrawals = () if again else document.withdrawals
    withdrawn = await _withdrawn(intake, memory, owner, withdrawals)
    pairs = list(zip(submissions, results, strict=True))
    held = [one for one, result in pairs if _is_held(result)]
    await memory.hold(file.name, [name_of(one)[0] for one in held])
    await memory.let_go([name_of(one)[0] for one, result in pairs if not _is_held(result)])
    refused = [result for result in results if isinstance(result, Refused) and result.field != EMBARGO]
    return Took(
        source_id=owner,
        correlation_id=correlation,
        items=len(results) - len(held) + len(withdrawals),
        accepted=sum(isinstance(result, Accepted) for result in results),
        withdrawn=withdrawn,
        held=len(held),
        until=min((one.embargoed_until.timestamp() for one in held if one.embargoed_until), default=None),
        refusal=f"was refused: {refused[0].field} {refused[0].reason}" if refused and not held else None,
    )


def _is_held(result: Result) -> bool:
    return isinstance(result, Refused) and result.field == EMBARGO


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


async def _withdrawn(intake: Intake, memory: Memory, source_id: str, withdrawals: Sequence[Withdrawal]) -> int:
    """Take articles back, those that are held back too; return how many were out and are so no more."""
    count = 0
    for one in withdrawals:
        name = one.guid or one.url
        if name is None:
            continue
        id = article_id(source_id, name)
        await memory.let_go([id])
        known = await intake.find(source_id, one.guid, one.url) or id
        count += isinstance(await intake.retract(known, Retraction(reason=one.reason or WITHDRAWN)), Accepted)
    return count


def _time(item: Submission) -> float:
    return item.published_at.timestamp() if item.published_at else 0.0
