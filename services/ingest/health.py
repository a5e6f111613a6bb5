"""How a source fares: what polling found and what it needs next time; how it is stored is left to the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from services.ingest.source import Settings

FAILING = 3
"""Failures in a row from which a source counts as failing: one or two are the weather of the network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How polling went. Moments are RFC 3339; an absent field is None, 0 or False.

    `failures` counts polls in a row without a document, `held` those at which the host asked for patience; `error`
    is the last one in words. `etag`, `last_modified`, `body_hash` and `cursor` say what we have of `asked_url`; of
    another address it says nothing, should a poll end after the address was changed. `read_at` is when a
    document was taken first. `moved_to` is where permanent redirects lead since `moved_at`, seen `moved_count`
    times; `moved_url` is asked in place of the URL of sources.toml once that was steady. `rhythm` and `hints` are
    as their modules write them. `identity` is what its items are known by (guid when None). `quality` is the
    parser's rung, `imperfect` what of the last document could not be read, in words. A hub delivers until
    `push_until`, and did last at `pushed_at`.
    """

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    cursor: str | None = None
    asked_url: str | None = None
    title: str | None = None
    home: str | None = None
    read_at: str | None = None
    polled_at: str | None = None
    succeeded_at: str | None = None
    next_poll_at: str | None = None
    error: str | None = None
    failures: int = 0
    held: int = 0
    gone: bool = False
    moved_to: str | None = None
    moved_at: str | None = None
    moved_count: int = 0
    moved_url: str | None = None
    rhythm: str | None = None
    hints: str | None = None
    identity: str | None = None
    quality: str | None = None
    imperfect: str | None = None
    pushed_at: str | None = None
    push_until: str | None = None

    @classmethod
    def read(cls, stored: Mapping[str, str]) -> Health:
        """Build it from stored fields; an absent or empty one says nothing."""
        found: dict[str, object] = {}
        for name in TEXTS:
            found[name] = stored.get(name) or None
        for name in COUNTS:
            found[name] = int(stored.get(name) or 0)
        return cls(gone=stored.get("gone") == "1", **found)  # type: ignore[arg-type]  # by the two lists below

    @property
    def failing(self) -> bool:
        """Tell whether failures are more than a passing trouble."""
        return self.failures >= FAILING

    @property
    def new(self) -> bool:
        """Tell whether no document of it was ever taken."""
        return self.read_at is None and self.body_hash is None


COUNTS = tuple(field.name for field in fields(Health) if field.type == "int")
TEXTS = tuple(field.name for field in fields(Health) if field.name not in COUNTS and field.name != "gone")

_OF_PUSH = ("pushed_at", "push_until")
FORGOTTEN: Mapping[str, str] = {field.name: "" for field in fields(Health) if field.name not in _OF_PUSH}
"""Fields of a source that begins afresh, as with a new address: all but what a hub agreed to."""

UNCHECKED: Mapping[str, str] = dict.fromkeys(("etag", "last_modified", "body_hash", "gone"), "")
"""Fields to be written so that the next document is taken whole."""

LENT = ("reuse", "section", "language", "timezone")
"""What items take from their source where they do not say it themselves."""


def after_change(before: Settings, after: Settings) -> Mapping[str, str]:
    """Return the fields to be written when a source gets other settings.

    Under another address it begins afresh. Where its items take something new from it, the document that we have is
    read again: they would wait for the next change of the feed, and less of them may be passed on from now.
    """
    if before.url != after.url:
        return FORGOTTEN
    lent = any(getattr(before, name) != getattr(after, name) for name in LENT)
    return {name: "" for name in UNCHECKED if name != "gone"} if lent else {}
