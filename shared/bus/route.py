"""Names what one reader reads and writes."""

from __future__ import annotations

from dataclasses import dataclass

from shared.events import ArticleEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What a reader reads, as whom, and where what its handler returns goes; keys of one hash tag."""

    stream: str
    partition: int
    source: str
    target: str
    dead: str
    group: str
    consumer: str
    event: type[ArticleEvent]
