"""What became of an article that was handed in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Accepted:
    """A new version is durable, and on its way."""

    article_id: str
    version: int


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A reader would see no difference; nothing was written."""

    article_id: str
    version: int


@dataclass(frozen=True, slots=True)
class Refused:
    """It cannot be taken; `field` says what is wrong with it. `article_id` is its name."""

    article_id: str
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Retracted:
    """The article was taken back and stays so until its source says `usable`."""

    article_id: str
    version: int


@dataclass(frozen=True, slots=True)
class Outdated:
    """The source itself says that it is older than what it gave before; the newer text stands."""

    article_id: str
    version: int


Result = Accepted | Unchanged | Refused | Retracted | Outdated
