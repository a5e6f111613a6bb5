"""Syndication's handlers on a real store, wired as the app wires them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from services.syndication.embargo import Embargoes, Releases, Texts
from services.syndication.handlers import Handlers
from services.syndication.ledger import Ledger
from services.syndication.recording import Recording
from services.syndication.store import Articles
from shared.redis import Store


def nothing() -> None:
    """Wake nobody."""


def handlers_on(
    store: Store,
    articles: Articles | None = None,
    *,
    now: Callable[[], datetime],
    nudge: Callable[[], None] = nothing,
    wake: Callable[[], None] = nothing,
    **more: Any,
) -> Handlers:
    """Build handlers on a store."""
    ledger = Ledger(store)
    recording = Recording(ledger, articles or Articles(store), now=now, nudge=nudge)
    return Handlers(ledger, recording, Embargoes(ledger, Texts(store), wake), now=now, **more)


def releases_on(store: Store, *, now: Callable[[], datetime], nudge: Callable[[], None] = nothing) -> Releases:
    """Build a replica's releases on a store."""
    ledger = Ledger(store)
    return Releases(ledger, Texts(store), Recording(ledger, Articles(store), now=now, nudge=nudge), now)
