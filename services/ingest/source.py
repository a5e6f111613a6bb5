"""A source's settings and its health; how they are stored and when it is polled is left to others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.ingest.submission import Input, Language, OptionalShort, Url
from shared.events import Reuse
from shared.slugs import SLUG

Kind = Literal["feed", "push", "drop"]
Interval = Annotated[int, Field(ge=1, le=7 * 24 * 60, description="minutes between two polls")]
SourceId = Annotated[str, Field(pattern=f"^{SLUG.pattern}$")]

DEFAULT_INTERVAL = 15


class Settings(BaseModel):
    """What is decided about a source; `origin` is who decided, and `active` whether it is polled."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    kind: Kind = "feed"
    url: str | None = None
    name: str | None = None
    home: str | None = None
    interval_minutes: int = DEFAULT_INTERVAL
    reuse: Reuse | None = None
    section: str | None = None
    language: str | None = None
    origin: Literal["api", "file", "push", "drop"] = "api"
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How polling went; `failures` counts those in a row, `error` is the last one in words."""

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    title: str | None = None
    home: str | None = None
    polled_at: str | None = None
    succeeded_at: str | None = None
    next_poll_at: str | None = None
    error: str | None = None
    failures: int = 0
    gone: bool = False

    @classmethod
    def read(cls, fields: Mapping[str, str]) -> Health:
        """Build it from stored fields; an absent or empty one is None."""
        texts = {name: fields.get(name) or None for name in cls.__slots__ if name not in ("failures", "gone")}
        failures, gone = int(fields.get("failures") or 0), fields.get("gone") == "1"
        return cls(failures=failures, gone=gone, **texts)


@dataclass(frozen=True, slots=True)
class Source:
    """A registered source."""

    settings: Settings
    health: Health = Health()

    @property
    def polled(self) -> bool:
        """Tell whether the poller has business with it."""
        return self.settings.kind == "feed" and self.settings.active and not self.health.gone

    @property
    def status(self) -> str:
        """Say in a word how it stands."""
        if self.health.gone:
            return "gone"
        if not self.settings.active:
            return "stopped"
        return "failing" if self.health.failures else "active"


def titled(source: Source, title: str | None, home: str | None) -> Source:
    """Return a source with what its document calls itself just now."""
    health = source.health
    return Source(source.settings, replace(health, title=title or health.title, home=home or health.home))


class NewSource(Input):
    """A source to add; its id is made of the feed's host unless given."""

    id: SourceId | None = None
    url: Url | None = None
    kind: Kind = "feed"
    name: OptionalShort = None
    interval_minutes: Interval = DEFAULT_INTERVAL
    reuse: Reuse | None = None
    section: OptionalShort = None
    language: Language | None = None


class SourceChange(Input):
    """What may change about a source; what is left out stays."""

    url: Url | None = None
    name: OptionalShort = None
    interval_minutes: Interval | None = None
    reuse: Reuse | None = None
    section: OptionalShort = None
    language: Language | None = None
    active: bool | None = None


def shown(source: Source) -> dict[str, object]:
    """Return a source as the API shows it."""
    health = source.health
    return source.settings.model_dump() | {
        "name": source.settings.name or health.title,
        "home": source.settings.home or health.home,
        "status": source.status,
        "polled_at": health.polled_at,
        "succeeded_at": health.succeeded_at,
        "next_poll_at": health.next_poll_at if source.polled else None,
        "failures": health.failures,
        "error": health.error,
    }
