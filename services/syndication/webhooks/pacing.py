"""How fast a receiver is sent to, and how long its failures are borne with: numbers only, for the lanes' scripts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Annotated, Any

from pydantic import ConfigDict, Field

MAX_IN_FLIGHT = 64
"""Deliveries on their way to one subscription at once, over all replicas, unless it asks for another number."""

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


@dataclass(frozen=True, slots=True)
class DigestWindow:
    """Events go together once there are `items`, or `seconds` after the first of them came."""

    __pydantic_config__ = ConfigDict(extra="forbid")
    items: Annotated[int, Field(ge=1, le=100, description="events in one request at most")]
    seconds: Annotated[float, Field(ge=1, le=86_400, allow_inf_nan=False, description="the longest wait")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pacing:
    """What a subscription asks for: at most so many deliveries at once, and so many a second (None: no limit).

    With `digest` many events make one delivery; retractions go alone.
    """

    max_in_flight: int = MAX_IN_FLIGHT
    rate_limit: float | None = None
    digest: DigestWindow | None = None

    @property
    def limits(self) -> str:
        """Return what the scripts read: the most in flight, the ms between two (0: none), items and ms of a digest."""
        window = "" if self.digest is None else f" {self.digest.items} {round(self.digest.seconds * 1000)}"
        return f"{self.max_in_flight} {1000 / self.rate_limit if self.rate_limit else 0:.3f}{window}"

    def changed(self, given: Mapping[str, Any]) -> Pacing:
        """Return it with what was given; None gives what it is given for its default back."""
        return replace(
            self, **{name: getattr(PACING, name) if value is None else value for name, value in given.items()}
        )

    def public(self) -> dict[str, Any]:
        """Return what the API shows, which is also what is stored."""
        return asdict(self)


PACING = Pacing()
PACES = frozenset(("max_in_flight", "rate_limit", "digest"))


def read_pacing(stored: Mapping[str, Any]) -> Pacing:
    """Read what `public` gave; what an older version did not know has its default."""
    window = stored.get("digest")
    return Pacing(**{**stored, "digest": DigestWindow(**window) if window else None})


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """What the scripts are built with: all times in ms."""

    lease: int = 20_000
    """A killed replica's deliveries are sent again by another after so long; longer than any attempt takes."""

    most_pending: int = 50_000
    """Beyond so many waiting for one receiver the rest stays in the ledger, and is fetched when there is room."""

    first_window: int = 16
    """Deliveries at once to a receiver that nothing is known of; each success adds one until the first overload."""

    streak: int = 20
    """Failures without a success between, after which the breaker opens."""

    pause: int = 1_000
    longest_pause: int = 60_000
    """How long the breaker stays open before one delivery probes: doubled by each probe that fails."""

    warn: tuple[int, int, int] = (HOUR_MS, DAY_MS, 3 * DAY_MS)
    """Nothing but failures for so long is told again; the breaker's opening is told as well."""

    disable: int = 5 * DAY_MS
    canary: int = HOUR_MS
    longest_canary: int = DAY_MS
    """Nothing but failures for `disable`, and deliveries cease but for one that probes, ever more seldom."""


PATIENCE = Patience()
