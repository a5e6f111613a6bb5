"""Builds the pages from what the service has, and keeps watch on the newsroom's site file for them and the feeds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from urllib.parse import urlsplit

import structlog
from starlette.routing import Route
from starlette.types import ASGIApp

from services.syndication.feeds.shelf import Shelf
from services.syndication.feeds.site import Site
from services.syndication.page.assets import Assets
from services.syndication.page.branding import FILE, Branding, parse_branding
from services.syndication.page.directory import Counted
from services.syndication.page.pages import Pages, Stories
from services.syndication.page.pictures import FOLDER, Pictures
from services.syndication.page.printing import Printer
from services.syndication.page.routes import Addresses
from services.syndication.store import Library
from shared.newsroom import Loaded, Refused, Watched
from shared.settings import Settings
from shared.ticks import Tick

log = structlog.get_logger()

REFRESH_SECONDS = 2.0


class Front:
    """The pages with their routes, and the loop that takes in edits of the site file.

    `present` is told the newsroom as the file has it, at the first look and after every edit; the feeds go by it.
    """

    def __init__(self, settings: Settings, library: Library, shelf: Shelf, present: Callable[[Site], None]) -> None:
        self._url, self._present = settings.public_url, present
        folder = settings.newsroom
        self._file: Watched[Branding] = Watched(folder / FILE, partial(parse_branding, folder))
        stories = Stories(library.ledger.head, library.article)
        self._logos = self._stamps()
        self.pages = Pages(shelf, stories, self._printer())
        self._addresses = Addresses(self.pages, Pictures(folder / FOLDER))
        self.tick = Tick("site file", REFRESH_SECONDS, self.refresh)

    @property
    def site(self) -> Site:
        """The newsroom as it presents itself now."""
        return self._file.current.site(self._url)

    @property
    def routes(self) -> Sequence[Route]:
        """Every page's."""
        return self._addresses.routes

    @property
    def printer(self) -> Printer:
        """What prints pages for the newsroom as it presents itself now."""
        return self.pages.printer

    async def sections(self) -> Sequence[Counted]:
        """Return the sections that pages of other folders offer too."""
        return await self.pages.sections()

    @property
    def lost(self) -> ASGIApp:
        """The page for people who ask for what there is not."""
        return self._addresses.lost

    @property
    def refused(self) -> Sequence[str]:
        """Why the site file is not in force as it is, if so."""
        return [self._file.refusal] if self._file.refusal else []

    def forget(self) -> None:
        """Drop all that is kept: the ledger was begun anew."""
        self.pages.forget()

    async def refresh(self) -> None:
        """Look at the file and the logos, and print anew where either has changed."""
        stamps = await asyncio.to_thread(self._stamps)
        if stamps != self._logos:
            self._logos = stamps
            self._file.again()
        match await asyncio.to_thread(self._file.refresh):
            case Loaded(path, digest):
                log.info("newsroom_file.loaded", file=path.name, digest=digest[:12])
                self.pages.reprint(self._printer())
                self._present(self.site)
            case Refused(path, reason):
                log.error("newsroom_file.refused", file=path.name, reason=reason)

    def _printer(self) -> Printer:
        branding = self._file.current
        base = urlsplit(self._url).path
        return Printer(branding, branding.site(self._url), Assets(branding, base))

    def _stamps(self) -> tuple[tuple[str, int, int], ...]:
        """Return what tells whether a picture in the folder, which may be a logo, was put there or changed."""
        found: list[tuple[str, int, int]] = []
        for path in sorted(self._file.path.parent.glob("logo*")):
            try:
                stat = path.stat()
            except OSError:
                continue
            found.append((path.name, stat.st_mtime_ns, stat.st_size))
        return tuple(found)
