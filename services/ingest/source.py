"""A source's settings and its health; how they are stored and when it is polled is left to others."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from services.ingest import css
from services.ingest.health import Health
from services.ingest.rhythm import Rhythm
from services.ingest.submission import Input, Language, OptionalShort, Url
from shared.events import Reuse
from shared.sealing import MARK, is_sealed
from shared.slugs import SLUG

Kind = Literal["feed", "page", "sitemap", "ghost", "wordpress", "drop", "push"]
POLLED: frozenset[Kind] = frozenset(("feed", "page", "sitemap", "ghost", "wordpress"))
"""The kinds that are asked by us; the others come by themselves."""

HEADLINES: frozenset[Kind] = frozenset(("page", "sitemap"))
"""The kinds that give no more than headlines: their articles' own pages are read unless one says otherwise."""

RoleField = Literal["location", "meta_title", "bio"]

LONGEST_INTERVAL = 7 * 24 * 60
Interval = Annotated[int, Field(ge=1, le=LONGEST_INTERVAL, description="minutes between two polls")]
SourceId = Annotated[str, Field(pattern=f"^{SLUG.pattern}$")]
Selector = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(css.known)]


def _not_sealed(secret: str) -> str:
    if is_sealed(secret):
        raise ValueError(f"must not begin with {MARK}., as what is sealed does")
    return secret


Secret = Annotated[
    str,
    Field(min_length=1, max_length=1_000, pattern=r"^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$"),
    AfterValidator(_not_sealed),
]
"""Printable ASCII, so that it can be sent in a header."""

DEFAULT_INTERVAL = 15
BUSY = 3
"""A busy source is asked up to so many times as often as its interval says, unless bounds are set."""

QUIET = 4
"""A quiet source without an interval of its own is asked as seldom as once in so many default ones."""

FIRST_ITEMS = 20
SECRETS = ("key", "secret", "authorization")
SHUT = "its secrets were sealed under another key: is WIREROOM_SECRET_KEY the one it was?"


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # no such file, or no name of one
        raise ValueError("must be a time zone such as Europe/Kyiv") from None
    return name


Timezone = Annotated[
    Annotated[str, Field(max_length=64, pattern=r"^[A-Za-z0-9_+/-]+$"), AfterValidator(_known_zone)] | None,
    BeforeValidator(lambda value: value or None),
]


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

    `full_text` fetches the article's page where a source gives headlines only; left out, it is so for pages and
    sitemaps. `members_only` takes posts that
    are not public. `author_role` names the field of a Ghost author in which this site keeps roles, for which Ghost
    has none; of `bio` it is the first line. `key` is a Content API key, `secret` signs hooks, `authorization` is
    sent to the source's own host as that header. `first_items` are published of a new source's first document, the
    rest only remembered. `timezone` (IANA) is that of dates without one. `interval_minutes` is the longest wait of a
    source that is well; a busy one is asked up to three times as often. Without it a source waits 15 minutes, or up
    to an hour when it is quiet. `shortest_minutes` and `longest_minutes` bound all of this, whatever source and
    server wish.
    """

    url: Url | None = None
    name: OptionalShort = None
    interval_minutes: Interval | None = None
    shortest_minutes: Interval | None = None
    longest_minutes: Interval | None = None
    first_items: Annotated[int, Field(ge=0, le=500)] = FIRST_ITEMS
    reuse: Reuse | None = None
    section: OptionalShort = None
    language: Language | None = None
    timezone: Timezone = None
    full_text: bool = False
    members_only: bool = False
    author_role: RoleField | None = None
    websub: bool = True
    selectors: Selectors | None = None
    key: Secret | None = None
    secret: Secret | None = None
    authorization: Secret | None = None

    @model_validator(mode="before")
    @classmethod
    def _read_pages(cls, given: Any) -> Any:
        kind = given.get("kind") if isinstance(given, dict) else None  # whatever that is: it is checked after this
        return {"full_text": True, **given} if isinstance(kind, str) and kind in HEADLINES else given

    @model_validator(mode="after")
    def _in_order(self) -> Options:
        if (self.shortest_minutes or 0) > (self.longest_minutes or LONGEST_INTERVAL):
            raise ValueError("shortest_minutes must not be more than longest_minutes")
        return self


class Settings(BaseModel):
    """What is decided about a source; `origin` is who decided, and `active` whether it is polled.

    A secret that could not be opened is still as it was sealed.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    kind: Kind = "feed"
    url: str | None = None
    name: str | None = None
    home: str | None = None
    interval_minutes: int | None = None
    shortest_minutes: int | None = None
    longest_minutes: int | None = None
    first_items: int = FIRST_ITEMS
    reuse: Reuse | None = None
    section: str | None = None
    language: str | None = None
    timezone: str | None = None
    full_text: bool = False
    members_only: bool = False
    author_role: RoleField | None = None
    websub: bool = True
    selectors: Selectors | None = None
    key: str | None = None
    secret: str | None = None
    authorization: str | None = None
    origin: Literal["api", "file", "push", "drop"] = "api"
    active: bool = True

    @property
    def secrets(self) -> list[str]:
        """Return the secrets it has."""
        return [secret for name in SECRETS if (secret := getattr(self, name))]

    @property
    def shut(self) -> bool:
        """Tell whether a secret could not be opened; it is of no use until it can be, or is given again."""
        return any(is_sealed(secret) for secret in self.secrets)

    @property
    def interval(self) -> int:
        """Return the minutes between two polls of a source whose rhythm is not known."""
        return self.interval_minutes or DEFAULT_INTERVAL

    @property
    def shortest(self) -> float:
        """Return the fewest minutes between two polls; the operator's bounds hold over the interval."""
        return self.shortest_minutes or min(max(1.0, self.interval / BUSY), self.longest)

    @property
    def longest(self) -> float:
        """Return the most minutes between two polls of a source that is well."""
        usual = self.interval_minutes or DEFAULT_INTERVAL * QUIET
        return self.longest_minutes or max(usual, self.shortest_minutes or 0)


@dataclass(frozen=True, slots=True)
class Source:
    """A registered source."""

    settings: Settings
    health: Health = field(default_factory=Health)

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
        return "failing" if self.health.failing else "active"

    @property
    def address(self) -> str:
        """Return the URL to ask: where the source moved to for good, else the one it was given."""
        return self.health.moved_url or self.settings.url or ""


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


def shown(source: Source, now: datetime) -> dict[str, object]:
    """Return a source as the API shows it: its settings but for the secrets, and how it fares."""
    health, settings = source.health, source.settings
    hidden = {name: "set" if getattr(settings, name) else None for name in SECRETS}
    rhythm = Rhythm.read(health.rhythm)
    return (
        settings.model_dump()
        | hidden
        | {
            "name": settings.name or health.title,
            "home": settings.home or health.home,
            "interval_minutes": settings.interval,
            "status": source.status,
            "polled_at": health.polled_at,
            "succeeded_at": health.succeeded_at,
            "next_poll_at": health.next_poll_at if source.polled else None,
            "failures": health.failures,
            "error": SHUT if settings.shut else health.error,
            "moved_to": health.moved_url or health.moved_to,
            "items_a_day": rhythm.a_day(now),
            "identity": health.identity or "guid",
            "quality": health.quality,
            "imperfect": health.imperfect,
            "pushed_at": health.pushed_at,
            "push_until": health.push_until,
        }
    )
