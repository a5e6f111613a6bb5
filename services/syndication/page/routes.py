"""The pages' public addresses, and what is said there to people who ask for what there is not; plain ASGI."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import parse_qs

from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from services.syndication.feeds.document import IDENTITY, Document, Variant
from services.syndication.feeds.shelf import ALL, FeedName, Kind
from services.syndication.instant import finished
from services.syndication.page.answering import ASK_AGAIN, answer, composed
from services.syndication.page.head import Listing
from services.syndication.page.kept import Sheet
from services.syndication.page.pages import MEDIA_TYPE, Pages
from services.syndication.page.pictures import Pictures
from services.syndication.page.spans import Place
from shared.direct import Answer
from shared.query import QueryError, parse
from shared.slugs import is_slug

SEQUENCE = re.compile(r"0|[1-9][0-9]{0,15}")
ARTICLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
MOST_FIELDS = 20


class Addresses:
    """Serves every page as ASGI applications."""

    def __init__(self, pages: Pages, pictures: Pictures) -> None:
        self._pages, self._pictures = pages, pictures

    @property
    def routes(self) -> list[Route]:
        """All of them, for GET and HEAD."""
        return [
            Route("/", _Front(self._front, self._pages), methods=["GET"]),
            Route("/articles/{id}", _Served(self._article), methods=["GET"]),
            Route("/authors/{slug}", _Served(self._of("authors")), methods=["GET"]),
            Route("/tags/{slug}", _Served(self._of("tags")), methods=["GET"]),
            Route("/search", _Served(self._search), methods=["GET"]),
            Route("/feeds", _Served(self._feeds), methods=["GET"]),
            Route("/assets/{digest}/{name}", _Served(self._asset), methods=["GET"]),
            Route("/pictures/{name}", _Served(self._picture), methods=["GET"]),
        ]

    async def lost(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer a person who has lost the way, as an ASGI application."""
        await self._missing(scope, send)

    async def _missing(self, scope: Scope, send: Send) -> None:
        await self._message(scope, send, 404, "Not found", "There is no page at this address.")

    async def _front(self, scope: Scope, send: Send) -> None:
        if (_asked(scope).get("q") or [""])[0].strip():
            await self._search(scope, send)
        else:
            await self._list(ALL, scope, send)

    def _of(self, kind: Kind) -> Callable[[Scope, Send], Awaitable[None]]:
        async def page(scope: Scope, send: Send) -> None:
            slug = scope["path_params"]["slug"]
            if not is_slug(slug):
                await self._missing(scope, send)
                return
            await self._list(FeedName(kind, slug), scope, send)

        return page

    async def _search(self, scope: Scope, send: Send) -> None:
        text = (_asked(scope).get("q") or [""])[0].strip()
        try:
            parse(text)
        except QueryError as error:
            await self._unread(text, str(error), scope, send)
            return
        await self._list(FeedName("search", text), scope, send)

    async def _list(self, feed: FeedName, scope: Scope, send: Send) -> None:
        place = _place(feed, scope)
        if place is None:
            detail = "before and after are each the number of a story, and only one of them can be asked for."
            await self._message(scope, send, 422, "This page cannot be told", detail)
            return
        sheet = await self._pages.listing(place)
        if sheet is None:
            await self._message(scope, send, 404, "Not found", "No story ever stood here.")
            return
        await _send(sheet, scope, send)

    async def _unread(self, text: str, fault: str, scope: Scope, send: Send) -> None:
        page = Listing(
            feed=FeedName("search", text), label=text, items=(), mark=0, newest=0, live=False, fault=fault[:300]
        )
        await _told(await self._pages.fault(page), 422, scope, send)

    async def _article(self, scope: Scope, send: Send) -> None:
        article_id = scope["path_params"]["id"]
        sheet = await self._pages.article(article_id) if ARTICLE.fullmatch(article_id) else None
        if sheet is None:
            await self._message(scope, send, 404, "Not found", "There is no such story here.")
            return
        await _send(sheet, scope, send)

    async def _feeds(self, scope: Scope, send: Send) -> None:
        sheet = await self._pages.feeds()
        if sheet is not None:
            await _send(sheet, scope, send)

    async def _asset(self, scope: Scope, send: Send) -> None:
        if not await self._pages.printer.assets.serve(scope, send):
            await self._missing(scope, send)

    async def _picture(self, scope: Scope, send: Send) -> None:
        if not await self._pictures.serve(scope, send):
            await self._missing(scope, send)

    async def _message(self, scope: Scope, send: Send, status: int, title: str, detail: str) -> None:
        await _told(await self._pages.message(title, detail), status, scope, send)


FRONT = Place(ALL)


class _Served:
    """One address as an ASGI application."""

    def __init__(self, page: Callable[[Scope, Send], Awaitable[None]]) -> None:
        self._page = page

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        await self._page(scope, send)


class _Front(_Served):
    """The News Feed itself: by far most questions are this one."""

    def __init__(self, page: Callable[[Scope, Send], Awaitable[None]], pages: Pages) -> None:
        super().__init__(page)
        self._pages = pages

    def instant(self, _params: Mapping[str, str]) -> Callable[[Scope], Answer | None]:
        """Return what gives its newest page, while that needs no look at the shelf."""
        return self._ready

    def _ready(self, scope: Scope) -> Answer | None:
        sheet = None if scope["query_string"] else self._pages.at_once(FRONT)
        return finished(sheet.document, scope, composed) if sheet is not None and sheet.status == 200 else None


async def _send(sheet: Sheet, scope: Scope, send: Send) -> None:
    await answer(sheet.document, scope, send, status=sheet.status)


async def _told(html: str, status: int, scope: Scope, send: Send) -> None:
    """Answer with a page that is made for this one answer, and not worth its compressing."""
    document = Document(MEDIA_TYPE, None, None, {IDENTITY: Variant(html.encode("utf-8", "replace"), "")})
    await answer(document, scope, send, status=status, caching=ASK_AGAIN)


def _asked(scope: Scope) -> dict[str, list[str]]:
    try:
        return parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return {}


def _place(feed: FeedName, scope: Scope) -> Place | None:
    """Return which page of a feed is asked for, None where that cannot be told."""
    if not scope["query_string"]:
        return Place(feed)
    asked = _asked(scope)
    given = {name: asked[name] for name in ("before", "after") if name in asked}
    if len(given) > 1 or any(len(values) != 1 or not SEQUENCE.fullmatch(values[0]) for values in given.values()):
        return None
    numbers = {name: int(values[0]) for name, values in given.items()}
    return Place(feed, numbers.get("before"), numbers.get("after"))
