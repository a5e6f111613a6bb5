"""Builds the feeds from what the service has: each on its own, in archives, private, and in lists of them all."""

from __future__ import annotations

import time

from starlette.routing import Route

from services.syndication.feeds.archives import Archives
from services.syndication.feeds.listings import Listings
from services.syndication.feeds.press import Press
from services.syndication.feeds.private.api import PrivateFeedRoutes
from services.syndication.feeds.private.records import PrivateFeeds
from services.syndication.feeds.private.serving import routes as private_routes
from services.syndication.feeds.routes import routes as feed_routes
from services.syndication.feeds.searches import Searches
from services.syndication.feeds.site import Site
from services.syndication.store import Library
from shared.auth import Guard
from shared.idempotency import Idempotency
from shared.redis import Store
from shared.times import now


class Feeds:
    """All of them, under the public address `url`, for the newsroom as it presents itself."""

    def __init__(self, url: str, library: Library, store: Store) -> None:
        self.site = Site(url)
        self.searches = Searches(library)
        self._archives = Archives(library, self.site, time.monotonic)
        self.press = Press(self.searches, self.site, archived=self._archives.below)
        self._listings = Listings(library, self.site, now, time.monotonic)
        self._private = PrivateFeeds(store)

    def routes(self, guard: Guard, idempotency: Idempotency) -> list[Route]:
        """Return every feed's, and those by which private ones are made."""
        return [
            *feed_routes(self.press, self._archives),
            *private_routes(self._private, self.press),
            *PrivateFeedRoutes(self._private, self.site, guard, idempotency, now).routes,
            *self._listings.routes,
        ]

    def present(self, site: Site) -> None:
        """Name the newsroom otherwise from now on."""
        for named in (self.press, self._archives, self._listings):
            named.present(site)

    def forget(self) -> None:
        """Drop all that is kept: the ledger was begun anew."""
        for kept in (self.press, self._archives, self.searches, self._listings):
            kept.forget()
