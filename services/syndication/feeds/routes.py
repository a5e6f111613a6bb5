"""The feeds' public addresses: plain ASGI, as a cached document may cost little more than constant bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from urllib.parse import parse_qs

from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from services.syndication.feeds.archives import Archives
from services.syndication.feeds.conditional import ENTITY_TAG, coding, matches, not_modified
from services.syndication.feeds.document import IDENTITY, Document, Header
from services.syndication.feeds.formats import FORMATS
from services.syndication.feeds.press import Page, Press
from services.syndication.feeds.shelf import ALL, FeedName, Kind
from services.syndication.instant import answer_of, asked, finished, say
from shared.cors import OpenRoute
from shared.direct import Answer
from shared.problems import problem
from shared.query import QueryError, parse
from shared.requests import unreadable
from shared.slugs import is_slug

KINDS: tuple[Kind, ...] = ("all", "tags", "authors", "sources", "sections", "languages")
ENDINGS = sorted(FORMATS, key=len, reverse=True)
"""Longest first, as a route's slug takes in all that stands before its ending."""
DELTA = re.compile(r"(?:^|,)\s*feed\s*(?:,|;|$)", re.IGNORECASE)
SEQUENCE = re.compile(r"[1-9][0-9]{0,15}")

SHARED: list[Header] = [
    (b"cache-control", b"public, max-age=60, stale-while-revalidate=300"),
    (b"vary", b"Accept-Encoding, A-IM"),
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"ETag, Last-Modified, Link"),
    (b"x-content-type-options", b"nosniff"),
]


def cached(kept: list[Header], control: bytes) -> list[Header]:
    """Return headers with another word on who may keep the answer, and for how long."""
    return [(key, control if key == b"cache-control" else value) for key, value in kept]


LASTING = cached(SHARED, b"public, max-age=86400, immutable")
"""For archives. A day, not a year: what was taken back has left every shared cache by then."""
REFUSED = {
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}


def routes(press: Press, archives: Archives | None = None) -> list[Route]:
    """Return the routes of every feed in every format, for GET and HEAD; one press serves them all."""
    searches = (OpenRoute(f"/feeds/search.{ending}", Search(press, ending), methods=["GET"]) for ending in FORMATS)
    named = (
        OpenRoute(path, feed, methods=["GET"])
        for kind in KINDS
        for ending in ENDINGS
        for path in (f"/feeds/{kind}.{ending}" if kind == "all" else f"/feeds/{kind}/{{slug}}.{ending}",)
        for feed in (Feed(press, kind, ending, archives if kind == "all" else None),)
    )
    return [*searches, *named]


class Feed:
    """Serves the feeds of one kind in one format as an ASGI application."""

    def __init__(self, press: Press, kind: Kind, ending: str, archives: Archives | None = None) -> None:
        self._press, self._kind, self._ending, self._archives = press, kind, ending, archives

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a GET or HEAD with the document, 304, or a problem document."""
        query, feed = scope["query_string"], self._named(scope)
        if not query and isinstance(feed, FeedName):  # what nearly everybody asks for
            await give(self._press, Page(feed, None, self._ending), scope, receive, send)
            return
        before = asked_number(query, "before")
        archive = asked_number(query, "archive") if self._archives else None
        for wrong in (feed, before, archive):
            if isinstance(wrong, Response):
                await wrong(scope, receive, send)
                return
        if isinstance(archive, int) and self._archives is not None:
            document = await self._archives.document(archive, self._ending)
            await (unknown()(scope, receive, send) if document is None else serve(document, scope, send, LASTING))
        elif isinstance(feed, FeedName) and not isinstance(before, Response):
            await give(self._press, Page(feed, before, self._ending), scope, receive, send)
        else:
            await unknown()(scope, receive, send)

    def instant(self, params: Mapping[str, str]) -> Callable[[Scope], Answer | None] | None:
        """Return what gives the newest page of a feed, while that needs no look at the shelf."""
        feed = self._of(params)
        if feed is None:
            return None
        page = Page(feed, None, self._ending)

        def ready(scope: Scope) -> Answer | None:
            document = None if scope["query_string"] else self._press.at_once(page)
            return finished(document, scope, _whole) if document is not None else None

        return ready

    def _named(self, scope: Scope) -> FeedName | Response | None:
        return self._of(scope["path_params"])

    def _of(self, params: Mapping[str, str]) -> FeedName | None:
        if self._kind == "all":
            return ALL
        return FeedName(self._kind, params["slug"]) if is_slug(params["slug"]) else None


class Search(Feed):
    """Serves any query as a feed in one format."""

    def __init__(self, press: Press, ending: str) -> None:
        super().__init__(press, "search", ending)

    def instant(self, params: Mapping[str, str]) -> None:
        """Return None: the path does not name the feed."""

    def _named(self, scope: Scope) -> FeedName | Response | None:
        """Return the feed of a query; equal queries are one feed, however they are written."""
        given = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True).get("q", [])
        if len(given) != 1 or not given[0].strip():
            return problem(422, "A search feed needs one query.", errors=[("q", "is needed, once")], headers=REFUSED)
        try:
            return FeedName("search", _canonical(given[0]))
        except QueryError as error:
            return unreadable("q", error, REFUSED)


@lru_cache(maxsize=1_024)
def _canonical(text: str) -> str:
    """Return the canonical text of a query; reading one takes longer than serving what it finds."""
    return str(parse(text))


def asked_number(query: bytes, name: str) -> int | Response | None:
    """Return a number that is asked for: the one a page ends below, or an archive's; None for the newest page."""
    if not query:
        return None
    given = parse_qs(query.decode("latin-1"), keep_blank_values=True).get(name)
    if given is None:
        return None
    if len(given) == 1 and SEQUENCE.fullmatch(given[0]):
        return int(given[0])
    message = "must be one whole number from 1 up"
    return problem(422, "The page cannot be told.", errors=[(name, message)], headers=REFUSED)


def unknown() -> Response:
    """Return the 404 for a feed."""
    return problem(404, "No article was ever in a feed of this name.", headers=REFUSED)


async def give(
    press: Press, page: Page, scope: Scope, receive: Receive, send: Send, kept: list[Header] = SHARED
) -> None:
    """Answer a GET or HEAD with a page, 304, its new items alone where that is asked for, or 404."""
    known = asked(scope["headers"])
    if b"a-im" in known and await _delta(press, page, known, scope, send, kept):
        return
    document = press.ready(page) or await press.document(page)
    if document is None:
        await unknown()(scope, receive, send)
    else:
        await say(send, _answer(document, scope["method"], known, kept))


async def _delta(
    press: Press, page: Page, known: Mapping[bytes, str], scope: Scope, send: Send, kept: list[Header]
) -> bool:
    """Answer with the new items alone where that is asked for and can be told (RFC 3229; "feed" manipulation)."""
    if not DELTA.search(known[b"a-im"]) or b"if-none-match" not in known:
        return False
    found = await press.delta(page, ENTITY_TAG.findall(known[b"if-none-match"]))
    if found is None:
        return False
    whole, newer = found
    name = coding(known.get(b"accept-encoding"), tuple(whole.variants))
    if matches(whole.variants[name].etag, known[b"if-none-match"]):
        return False
    body = newer.variants[name].body
    # No shared cache may give it to another reader, who has other items.
    headers = [*cached(kept, b"private, no-store"), (b"im", b"feed"), *_about(whole, name, len(body))]
    await say(send, answer_of(226, headers, b"" if scope["method"] == "HEAD" else body))
    return True


async def serve(document: Document, scope: Scope, send: Send, kept: list[Header] = SHARED) -> None:
    """Answer a GET or HEAD with a document, or 304 where the reader has it; `kept` tells who may keep it how long."""
    await say(send, _answer(document, scope["method"], asked(scope["headers"]), kept))


def _whole(document: Document, method: str, known: Mapping[bytes, str]) -> Answer | None:
    return None if b"a-im" in known else _answer(document, method, known)


def _answer(document: Document, method: str, known: Mapping[bytes, str], kept: list[Header] = SHARED) -> Answer:
    name = coding(known.get(b"accept-encoding"), tuple(document.variants))
    variant = document.variants[name]
    validators = known.get(b"if-none-match"), known.get(b"if-modified-since")
    if any(validators) and not_modified(variant.etag, document.modified, *validators):
        return answer_of(304, [*kept, *document.told(name)], b"")
    headers = [*kept, *_about(document, name, len(variant.body))]
    return answer_of(200, headers, b"" if method == "HEAD" else variant.body)


def _about(document: Document, name: str, length: int) -> list[Header]:
    """Return the headers of a document in one coding, `length` bytes of it."""
    headers = [
        *document.told(name),
        (b"content-type", document.content_type.encode()),
        (b"content-length", str(length).encode()),
    ]
    if name != IDENTITY:
        headers.append((b"content-encoding", name.encode()))
    return headers
