"""One item of a wire file as its format's reader leaves it, and a file's items as one document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from services.ingest.document import Document, Unreadable, Withdrawal
from services.ingest.submission import LONGEST_BODY, LONGEST_URL, Submission, is_web_url
from shared.faults import faults

LONGEST_TEXT = 20_000
LONGEST_NAME = 300
LONGEST_HEADLINE = 1_000
MOST = {"authors": 50, "categories": 200, "images": 200, "enclosures": 50, "related": 100}
"""How many of each a submission may have."""

ADDRESSED = ("images", "enclosures", "related")
MOST_LOST = 50
LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A story or its withdrawal; of two with one guid the later `version` holds.

    `provider` is whose wire it came by; `lost` says in words what of it has no place here.
    """

    guid: str
    content: Submission | Withdrawal
    version: int = 0
    provider: str | None = None
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A part of a file that is no story, what it is instead, in words, and where it stands."""

    reason: str
    where: str = "an item"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a reader found of one story; what fits nowhere is told in `lost`.

    `fields` go by the names of Submission, their texts of any length.
    """

    guid: str
    fields: Mapping[str, Any]
    version: int = 0
    status: str | None = None
    at: datetime | None = None
    provider: str | None = None
    lost: list[str] = field(default_factory=list)


def item_of(facts: Facts, source_id: str) -> Item | Skipped:
    """Turn facts into a story, or into its withdrawal where they say it is canceled."""
    guid = facts.guid.strip()
    if not 0 < len(guid) <= LONGEST_URL:
        return Skipped(f"has a name of {len(guid)} characters, which must be 1 to {LONGEST_URL}")
    if facts.status == "canceled":
        withdrawal = Withdrawal(guid=guid, at=facts.at)
        return Item(guid=guid, content=withdrawal, version=facts.version, lost=tuple(facts.lost))
    fields = bounded(facts.fields, facts.lost) | {"guid": guid, "source": {"id": source_id}, "status": facts.status}
    if not str(fields.get("headline") or "").strip():
        return Skipped("has no headline")
    try:
        submission = Submission.model_validate(fields)
    except ValidationError as error:
        return Skipped(f"is not an article: {told(error)}")
    lost, provider = tuple(facts.lost[:MOST_LOST]), (facts.provider or "")[:LONGEST_NAME] or None
    return Item(guid=guid, content=submission, version=facts.version, provider=provider, lost=lost)


def document_of(found: Iterable[Item | Skipped]) -> Document | Unreadable:
    """Make one document of a file's items; Unreadable with the first reason when none of them is a story."""
    kept: dict[str, Item] = {}
    skipped: list[Skipped] = []
    repeated = 0
    for one in found:
        if isinstance(one, Skipped):
            skipped.append(one)
            continue
        before = kept.get(one.guid)
        repeated += before is not None
        if before is None or one.version >= before.version:
            kept[one.guid] = one
    if not kept:
        return Unreadable(skipped[0].reason if skipped else "holds no item")
    lost = [note for item in kept.values() for note in item.lost]
    lost += [f"{one.where} {one.reason}" for one in skipped]
    lost += [f"{repeated} older versions of its items"] if repeated else []
    contents = [item.content for item in kept.values()]
    providers = {item.provider for item in kept.values()}
    return Document(
        submissions=tuple(content for content in contents if isinstance(content, Submission)),
        withdrawals=tuple(content for content in contents if isinstance(content, Withdrawal)),
        title=providers.pop() if len(providers) == 1 else None,
        skipped=len(skipped),
        lost=tuple(lost[:MOST_LOST]),
    )


def told(error: ValidationError) -> str:
    """Return the first few faults of a document in words, each with its field."""
    return "; ".join(f"{field}: {why}" if field else why for field, why in faults(error)[:5])


def bounded(fields: Mapping[str, Any], lost: list[str]) -> dict[str, Any]:
    """Return fields that a submission takes: long ones cut, impossible addresses left out, both told in `lost`."""
    whole = {name: value for name, value in fields.items() if value is not None}
    longest = {"headline": LONGEST_HEADLINE, "byline": LONGEST_HEADLINE, "body_html": LONGEST_BODY}
    longest |= {"summary": LONGEST_TEXT, "rights": LONGEST_TEXT, "section": LONGEST_NAME, "dateline": LONGEST_NAME}
    for name, most in longest.items():
        if len(str(whole.get(name) or "")) > most:
            whole[name] = whole[name][:most]
            lost.append(f"{name} beyond {most} characters")
    for name, most in MOST.items():
        rows = _rows(name, whole.get(name) or (), lost)
        if len(rows) > most:
            lost.append(f"{len(rows) - most} of the {name}, beyond the first {most}")
        whole[name] = rows[:most]
    if whole.get("url") and not is_web_url(whole["url"]):
        lost.append("its url, which is no web address")
        whole["url"] = None
    return whole


def language_of(*told: object) -> str | None:
    """Return the first well-formed language tag (BCP 47)."""
    tags = (str(text).strip().replace("_", "-") for text in told if text)
    return next((tag for tag in tags if len(tag) <= 35 and LANGUAGE.fullmatch(tag)), None)


def moment_of(text: str) -> datetime | None:
    """Read an ISO 8601 moment in its extended or basic form; one without a zone is taken as UTC, an odd one is None."""
    try:
        moment = datetime.fromisoformat(text.strip())
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment if 1000 <= moment.astimezone(UTC).year <= 9000 else None
    except (ValueError, OverflowError):
        return None


def _rows(name: str, rows: Iterable[Mapping[str, Any]], lost: list[str]) -> list[dict[str, Any]]:
    kept = []
    for row in rows:
        if name in ADDRESSED and not is_web_url(row["url"]):
            lost.append(f"one of the {name}, whose address {str(row['url'])[:200]!r} is none of the web")
        else:
            kept.append({field: _fitting(field, value) for field, value in row.items()})
    return kept


def _fitting(name: str, value: Any) -> Any:
    """Cut a text; an address is left out, not cut."""
    if not isinstance(value, str):
        return value
    if name in ("url", "avatar"):
        return value if is_web_url(value) else None
    return value[: LONGEST_TEXT if name in ("alt", "caption", "summary", "bio") else LONGEST_NAME]
