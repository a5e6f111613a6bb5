"""Answers a request with a sealed document and the headers of pages; plain ASGI, as hot pages are asked for most."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.types import Scope, Send

from services.syndication.feeds.conditional import coding, not_modified
from services.syndication.feeds.document import IDENTITY, Document, Header
from services.syndication.instant import answer_of, asked, say
from shared.direct import Answer

POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' http: https:; connect-src 'self'; "
    b"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
PICTURE_POLICY = b"default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""For the logo and the icon: an SVG opened by itself runs nothing and fetches nothing."""

FRESH = b"public, max-age=15, stale-while-revalidate=120"
FOR_EVER = b"public, max-age=31536000, immutable"
ASK_AGAIN = b"no-cache"

PAGE: tuple[Header, ...] = (
    (b"content-security-policy", POLICY),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"vary", b"Accept-Encoding"),
)
ASSET: tuple[Header, ...] = (
    (b"content-security-policy", PICTURE_POLICY),
    (b"x-content-type-options", b"nosniff"),
    (b"vary", b"Accept-Encoding"),
)
CHARSET = ("text/html", "text/css", "text/javascript")


async def answer(  # each says one thing of the answer
    document: Document,
    scope: Scope,
    send: Send,
    *,
    status: int = 200,
    headers: tuple[Header, ...] = PAGE,
    caching: bytes = FRESH,
) -> None:
    """Answer a GET or HEAD; 304 where the reader has it, but never in place of an error (RFC 9110 section 13.2.1)."""
    known = asked(scope["headers"])
    await say(send, composed(document, scope["method"], known, status=status, headers=headers, caching=caching))


def composed(  # as above
    document: Document,
    method: str,
    known: Mapping[bytes, str],
    *,
    status: int = 200,
    headers: tuple[Header, ...] = PAGE,
    caching: bytes = FRESH,
) -> Answer:
    """Return the answer to a method and the request headers that matter."""
    name = coding(known.get(b"accept-encoding"), tuple(document.variants))
    variant = document.variants[name]
    shared = [*headers, (b"cache-control", caching)]
    if status == 200:
        shared.append((b"etag", variant.etag.encode()))
        if not_modified(variant.etag, None, known.get(b"if-none-match"), None):
            return answer_of(304, shared, b"")
    charset = "; charset=utf-8" if document.media_type in CHARSET else ""
    shared.append((b"content-type", f"{document.media_type}{charset}".encode()))
    shared.append((b"content-length", str(len(variant.body)).encode()))
    if name != IDENTITY:
        shared.append((b"content-encoding", name.encode()))
    if document.links:
        shared.append((b"link", document.links.encode()))
    return answer_of(status, shared, b"" if method == "HEAD" else variant.body)
