"""What templates read: a story, its people, picture, cards and notices as plain values that are safe to print."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

NOTHING = Markup()


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment for machines, and for people in UTC until a script puts it into their zone."""

    iso: str
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """The lead picture; its size in pixels, None where it is not told, so that a box of usual shape is kept for it."""

    url: str
    alt: str
    caption: str
    credit: str
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class Person:
    """An author: `slug` names our page of them, `kind` says whether it is a person at all."""

    name: str
    slug: str
    kind: str
    role: str
    bio: str
    avatar: str | None
    url: str | None
    links: tuple[str, ...]

    @property
    def initials(self) -> str:
        """Stand-in for a face."""
        words = [word for word in self.name.split() if word[0].isalnum()]
        return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()

    @property
    def boxed(self) -> bool:
        """Whether there is more to say than the name."""
        return bool(self.role or self.bio or self.avatar)


@dataclass(frozen=True, slots=True)
class Card:
    """Another story, with its address."""

    url: str
    headline: str
    summary: str


@dataclass(frozen=True, slots=True)
class Topic:
    """A tag that has a page."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Correction:
    """What was put right, and when."""

    at: Moment
    note: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What stands in the place of a story that was taken back."""

    at: Moment
    reason: str
    replacement: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """All that a reader sees of one version; a retracted one has a `notice` and nothing it said but its headline."""

    id: str
    version: int
    headline: str
    language: str | None
    direction: str | None
    section: str
    published: Moment
    minutes: int = 0
    updated: Moment | None = None
    summary: str = ""
    picture: Picture | None = None
    dateline: str = ""
    body: Markup = NOTHING
    cut: bool = False
    reuse: str = "full"
    people: tuple[Person, ...] = ()
    related: tuple[Card, ...] = ()
    topics: tuple[Topic, ...] = ()
    corrections: tuple[Correction, ...] = ()
    source: str
    source_url: str | None
    origin: str | None
    rights: str = ""
    notice: Notice | None = None
