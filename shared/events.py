"""What one service may say to another, and what subscribers are told: the article and its events."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeVar

import orjson
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

Status = Literal["usable", "withheld", "canceled"]
"""IPTC pubStatus (newscodes pubstatusg2)."""

Reuse = Literal["full", "summary", "headline"]
"""How much of a story may be passed on."""

PublicType = Literal["article.published", "article.updated", "article.corrected", "article.retracted"]


def _utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("out of range") from None


UtcTime = Annotated[AwareDatetime, AfterValidator(_utc)]
"""An aware UTC moment; read from an RFC 3339 string or an aware datetime, written with a Z."""


class Model(BaseModel):
    """A frozen value; unknown fields are dropped, so that an older reader survives a newer writer."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Source(Model):
    """Where an article came from: the id of a source, its name for people, its home page."""

    id: str
    name: str | None = None
    url: str | None = None


class Author(Model):
    """A person, agency or desk; `id` is None while no profile is linked, `how` says what linked it."""

    id: str | None = None
    name: str
    kind: Literal["person", "agency", "desk"] = "person"
    role: str | None = None
    bio: str | None = None
    avatar: str | None = None
    url: str | None = None
    links: tuple[str, ...] = ()
    how: str | None = None


class Evidence(Model):
    """One place in a zone's text that speaks for a tag; offsets count code points."""

    zone: str
    start: int
    end: int
    text: str
    how: str


class Tag(Model):
    """A term found in an article with the first few reasons for it; `evidence_count` is how many there are."""

    id: str
    slug: str
    name: str
    kind: str = "topic"
    same_as: tuple[str, ...] = ()
    score: float = 0.0
    primary: bool = False
    status: str = "applied"
    method: str = "source"
    confidence: float = 1.0
    evidence: tuple[Evidence, ...] = ()
    evidence_count: int = 0


class Image(Model):
    """A picture with its caption and credit apart; `bytes` is the file size where known."""

    url: str
    alt: str | None = None
    caption: str | None = None
    credit: str | None = None
    type: str | None = None
    width: int | None = None
    height: int | None = None
    bytes: int | None = None
    lead: bool = False


class Enclosure(Model):
    """A file that goes with an article and is no picture: `bytes` is its size, `seconds` how long it plays."""

    url: str
    type: str | None = None
    bytes: int | None = None
    seconds: int | None = None
    title: str | None = None


class Related(Model):
    """Another story an article points to: placed by an editor, or computed; `published_at` tells older from newer."""

    id: str | None = None
    url: str
    headline: str
    summary: str | None = None
    kind: Literal["editorial", "computed"] = "editorial"
    score: float | None = None
    published_at: UtcTime | None = None


class Attribution(Model):
    """Who a statement in the body is credited to; `offset` counts code points of body_text."""

    source: str
    verb: str
    offset: int
    kind: Literal["quoted", "told", "credit"] = "quoted"


class Correction(Model):
    """What was wrong in the version before, in the newsroom's words."""

    note: str


class Corrected(Correction):
    """A correction that was made: with which version, and when."""

    version: int
    at: UtcTime


class Retraction(Model):
    """Why an article was taken back, and what stands in its place."""

    reason: str
    replacement_url: str | None = None


class Article(Model):
    """One version of an article: the shape used in events, the API, webhooks and feeds."""

    id: str
    version: int = 1
    status: Status = "usable"
    source: Source
    guid: str
    url: str | None = None
    canonical_url: str | None = None
    section: str | None = None
    rights: str | None = None
    reuse: Reuse = "full"
    headline: str
    summary: str | None = None
    body_html: str = ""
    body_text: str = ""
    language: str | None = None
    dateline: str | None = None
    published_at: UtcTime
    updated_at: UtcTime | None = None
    ingested_at: UtcTime
    embargoed_until: UtcTime | None = None
    authors: tuple[Author, ...] = ()
    tags: tuple[Tag, ...] = ()
    images: tuple[Image, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    related: tuple[Related, ...] = ()
    attributions: tuple[Attribution, ...] = ()
    duplicate_of: str | None = None
    revision_of: str | None = None
    word_count: int = 0
    reading_minutes: int = 0
    corrections: tuple[Corrected, ...] = ()
    retraction: Retraction | None = None
    via: tuple[str, ...] = ()


READER_VISIBLE: tuple[str, ...] = (
    "status",
    "url",
    "canonical_url",
    "section",
    "rights",
    "reuse",
    "headline",
    "summary",
    "body_html",
    "language",
    "dateline",
    "published_at",
    "authors",
    "tags",
    "images",
    "enclosures",
    "related",
)
"""The article fields whose change is a change to a reader; `updated_at` alone is none."""


class Category(Model):
    """A source's own category: its term, the scheme it is from, and a label for people."""

    term: str
    scheme: str | None = None
    label: str | None = None


class ArticleEvent(Model):
    """What both events on the line carry; equal (article id, version) means the same event."""

    type: str
    occurred_at: UtcTime
    correlation_id: str
    article: Article
    correction: Correction | None = None
    retraction: Retraction | None = None

    @property
    def order(self) -> int:
        """Which of two events of one article comes first."""
        return self.article.version

    @property
    def key(self) -> str:
        """What order is kept by: events of one article are handled one after the other."""
        return self.article.id


class ArticleIngested(ArticleEvent):
    """A source gave a new article or a new version of one; authors and body are as the source gave them.

    `byline` is the source's author line where it gave one text instead of names; `categories` are its own.
    """

    type: Literal["article.ingested"] = "article.ingested"
    byline: str | None = None
    categories: tuple[Category, ...] = ()


class Given(Model):
    """What the source gave and enrichment put into other words: kept, so that an article can be completed anew."""

    byline: str | None = None
    categories: tuple[Category, ...] = ()
    authors: tuple[Author, ...] = ()
    images: tuple[Image, ...] = ()
    related: tuple[Related, ...] = ()
    summary: str | None = None
    language: str | None = None
    dateline: str | None = None


class ArticleEnriched(ArticleEvent):
    """An article is complete: authors, tags, reading time, captions, a safe body."""

    type: Literal["article.enriched"] = "article.enriched"
    newsroom: str | None = Field(default=None, description="hash of the newsroom files used")
    given: Given | None = None


class ArticleRecalled(ArticleEvent):
    """A version in the ledger is to be completed anew: the article as its source gave it, the body made safe."""

    type: Literal["article.recalled"] = "article.recalled"
    byline: str | None = None
    categories: tuple[Category, ...] = ()


class ArticleForgotten(ArticleEvent):
    """An article was kept for as long as was asked: who remembers it need not. Only its id and version are told."""

    type: Literal["article.forgotten"] = "article.forgotten"


Event = TypeVar("Event", bound=ArticleEvent)


def to_json(value: Any) -> bytes:
    """Serialise a model or plain value as UTF-8 JSON, times in UTC with a Z (RFC 3339)."""
    if isinstance(value, BaseModel):
        return value.__pydantic_serializer__.to_json(value)
    return orjson.dumps(value, default=_plain, option=orjson.OPT_UTC_Z)


def _plain(value: object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump()
    raise TypeError(f"{type(value).__name__} has no JSON form")
