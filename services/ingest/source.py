"""A source's settings and its health; how they are stored and when it is polled is left to others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.ingest.submission import Input, Language, OptionalShort, Url
from shared.events import Reuse
from shared.slugs import SLUG

Kind = Literal["feed", "page", "sitemap", "ghost", "wordpress", "drop", "push"]
POLLED: frozenset[Kind] = frozenset(("feed", "page", "sitemap", "ghost", "wordpress"))
"""The kinds that are asked by us; the others come by themselves."""

Interval = Annotated[int, Field(ge=1, le=7 * 24 * 60, description="minutes between two polls")]
SourceId = Annotated[str, Field(pattern=f"^{SLUG.pattern}$")]
Selector = Annotated[str, Field(min_length=1, max_length=500)]
Secret = Annotated[str, Field(min_length=1, max_length=1_000)]

DEFAULT_INTERVAL = 15
FIRST_ITEMS = 20
SECRETS = ("key", "secret", "authorization")


class Selectors(Input):
    """Where things stand on a source's pages, as CSS selectors; what is left out is found by other means.

    `item` is one story's block in a listing and `next` the link to its next page; `headline`, `url`, `summary` and
    `image` are looked for inside an item. The rest are looked for on an article's own page; `remove` is taken
    out first, and `related` marks the cards that lead to other stories.
    """

    item: Selector | None = None
    next: Selector | None = None
    headline: Selector | None = None
    url: Selector | None = None
    summary: Selector | None = None
    image: Selector | None = None
    body: Selector | None = None
    author: Selector | None = None
    author_name: Selector | None = None
    author_role: Selector | None = None
    author_bio: Selector | None = None
    author_avatar: Selector | None = None
    caption: Selector | None = None
    credit: Selector | None = None
    published: Selector | None = None
    updated: Selector | None = None
    related: Selector | None = None
    tag: Selector | None = None
    remove: Selector | None = None


class Options(Input):
    """What may be said of any source; each has a sensible default.

    `full_text` fetches the article's page where a source gives headlines only. `members_only` takes posts that
    are not public. `key` is a Content API key, `secret` signs hooks, `authorization` is sent to the source's own
    host as that header. `first_items` are published of a new source's first document, the rest only remembered.
    `timezone` (IANA) is that of dates without one.
    """

    url: Url | None = None
    name: OptionalShort = None
    interval_minutes: Interval = DEFAULT_INTERVAL
    shortest_minutes: Interval | None = None
    longest_minutes: Interval | None = None
    first_items: Annotated[int, Field(ge=0, le=500)] = FIRST_ITEMS
    reuse: Reuse | None = None
    section: OptionalShort = None
    language: Language | None = None
    timezone: OptionalShort = None
    full_text: bool = False
    members_only: bool = False
    websub: bool = True
    selectors: Selectors | None = None
    key: Secret | None = None
    secret: Secret | None = None
    authorization: Secret | None = None


class Settings(BaseModel):
    """What is decided about a source; `origin` is who decided, and `active` whether it is polled."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    kind: Kind = "feed"
    url: str | None = None
    name: str | None = None
    home: str | None = None
    interval_minutes: int = DEFAULT_INTERVAL
    shortest_minutes: int | None = None
    longest_minutes: int | None = None
    first_items: int = FIRST_ITEMS
    reuse: Reuse | None = None
    section: str | None = None
    language: str | None = None
    timezone: str | None = None
    full_text: bool = False
    members_only: bool = False
    websub: bool = True
    selectors: Selectors | None = None
    key: str | None = None
    secret: str | None = None
    authorization: str | None = None
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
        return self.settings.kind in POLLED and self.settings.active and not self.health.gone

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


class NewSource(Options):
    """A source to add; its id is made of the feed's host unless given."""

    id: SourceId | None = None
    kind: Kind = "feed"


class SourceChange(Options):
    """What may change about a source; what is left out stays."""

    active: bool | None = None


def shown(source: Source) -> dict[str, object]:
    """Return a source as the API shows it."""
    health = source.health
    plain = source.settings.model_dump(exclude_none=False)
    hidden = {name: "set" if plain[name] else None for name in SECRETS}
    return (
        plain
        | hidden
        | {
            "name": source.settings.name or health.title,
            "home": source.settings.home or health.home,
            "status": source.status,
            "polled_at": health.polled_at,
            "succeeded_at": health.succeeded_at,
            "next_poll_at": health.next_poll_at if source.polled else None,
            "failures": health.failures,
            "error": health.error,
        }
    )
