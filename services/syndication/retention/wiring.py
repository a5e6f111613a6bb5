"""How retention is wired: what it reads, and the loop it runs in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from services.syndication.retention.keeping import Keep
from services.syndication.retention.trimming import IDLE_SECONDS, Retention
from services.syndication.store import Library
from shared.bus import Bus, DeadLetters, consumer_name
from shared.redis import Store
from shared.settings import Settings
from shared.streams import ARTICLE_FORGOTTEN
from shared.ticks import Tick
from shared.times import now


def retention(
    settings: Settings,
    library: Library,
    letters: DeadLetters,
    bus: Bus,
    *,
    store: Store,
    undelivered: Callable[[], Awaitable[int]],
) -> Tick:
    """Return the loop that lets go of what need not be kept."""
    bus.publishes(ARTICLE_FORGOTTEN)
    keep, me = Keep(settings.keep_days, settings.keep_articles), consumer_name("retention")
    work = Retention(keep, library, letters, bus, store=store, undelivered=undelivered, now=now, me=me)
    return Tick("let go of what is old", IDLE_SECONDS, work.tick)
