"""What a handler may answer, and the limits its events are handled under."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.events import ArticleEvent


@dataclass(frozen=True, slots=True)
class Done:
    """Handled, with nothing to emit: `event` and `fields` make the one log line of this event."""

    event: str = "event.handled"
    fields: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Later:
    """Not its turn yet: handle it again after `seconds`. No try is counted; what follows of its article waits."""

    seconds: float
    reason: str


Outcome = ArticleEvent | Done | Later | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much is read, held and tried.

    `idle` is the seconds after which an entry whose consumer gave no sign of life is taken over. A live
    consumer gives one every third of it, so it may be shorter than a handler's `timeout`.
    """

    batch: int = 100
    in_hand: int = 500
    workers: int = 64
    tries: int = 5
    timeout: float = 30.0
    idle: float = 10.0
    first_delay: float = 0.5
    longest_delay: float = 8.0
    hold: float = 1.0
    grace: float = 15.0
