"""What a Ghost webhook says, and whether it is Ghost's; acting on it is left to the receiver."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from services.ingest.cms.values import Object, moment, object_of, text
from services.ingest.ghost.post import PUBLISHED

SIGNATURE = re.compile(r"sha256=([0-9a-fA-F]{64}), ?t=([0-9]{1,15})")
LEEWAY_SECONDS = 300.0
"""How far a hook's time may lie from ours."""


@dataclass(frozen=True, slots=True)
class Unsigned:
    """A hook that is not to be believed, and why, in words."""

    reason: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A post readers see; `again` when it had been taken down, or never shown, before."""

    post: Object
    again: bool


@dataclass(frozen=True, slots=True)
class Hidden:
    """A post that readers do not see: unpublished, deleted, or still a draft; `at` is since when, where it says so."""

    id: str
    deleted: bool
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Other:
    """A hook about something else, and what, in words."""

    what: str


Told = Shown | Hidden | Other


def refusal(secret: str, body: bytes, header: str, now: float) -> Unsigned | None:
    """Check `X-Ghost-Signature: sha256=<hex>, t=<ms>`, an HMAC of body and t; `now` in seconds since 1970."""
    found = SIGNATURE.fullmatch(header.strip())
    if found is None:
        return Unsigned("X-Ghost-Signature is missing, or not of the form sha256=<hex>, t=<milliseconds>")
    wanted = hmac.new(secret.encode(), body + found[2].encode(), "sha256").hexdigest()
    if not hmac.compare_digest(wanted, found[1].lower()):
        return Unsigned("X-Ghost-Signature does not match: the body and the secret do not belong together")
    if abs(int(found[2]) / 1000 - now) > LEEWAY_SECONDS:
        return Unsigned(f"the hook is more than {LEEWAY_SECONDS:g} s old or ahead: do both clocks run right?")
    return None


def sent_at(header: str) -> datetime | None:
    """Return when a hook was sent, of a signature that was believed."""
    found = SIGNATURE.fullmatch(header.strip())
    return datetime.fromtimestamp(int(found[2]) / 1000, UTC) if found else None


def told(payload: Object) -> Told:
    """Tell what a hook is about by its shape; Ghost does not always name the event.

    A post that is current and published is shown, any other is hidden. An empty `current` is a deletion, what was
    deleted then stands in `previous`.
    """
    if not isinstance(payload.get("post"), dict):
        return Other(f"about {', '.join(sorted(text(name, 40) or '?' for name in payload)[:5]) or 'nothing'}")
    current = object_of(payload["post"].get("current"))
    previous = object_of(payload["post"].get("previous"))
    if not current:
        id = text(previous.get("id"), 64)
        return Hidden(id, deleted=True) if id else Other("about a post without an id")
    id = text(current.get("id"), 64)
    if not id:
        return Other("about a post without an id")
    status = current.get("status") or (PUBLISHED if current.get("published_at") else "draft")
    if status != PUBLISHED:
        return Hidden(id, deleted=False, at=moment(current.get("updated_at")))
    return Shown(current, again=previous.get("status", PUBLISHED) != PUBLISHED)
