"""Answers at once what a document has answered before: finished messages, by what a request says of validators."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from starlette.types import Scope, Send

from services.syndication.feeds.document import Document, Header
from shared.direct import Answer

ASKED = frozenset((b"accept-encoding", b"if-none-match", b"if-modified-since", b"a-im"))
MOST, LONGEST = 64, 512
"""How many answers a document keeps, and the bytes of what they were asked with: nobody fills memory by asking."""

Compose = Callable[[Document, str, Mapping[bytes, str]], Answer | None]
"""Returns the answer to a method and the headers that matter, None where more than the document is asked for."""


def finished(document: Document, scope: Scope, compose: Compose) -> Answer | None:
    """Return a document's answer to GET or HEAD, composed once for all who ask alike; one address serves a document."""
    relevant = [pair for pair in scope["headers"] if pair[0] in ASKED]
    key = (scope["method"], *relevant)
    found = document.answers.get(key)
    if found is None:
        found = compose(document, scope["method"], asked(relevant))
        if found is not None and len(document.answers) < MOST and sum(len(value) for _, value in relevant) <= LONGEST:
            document.answers[key] = found
    return found


def asked(headers: Iterable[Header]) -> dict[bytes, str]:
    """Return the request headers that matter; lines of one name are one list (RFC 9110 section 5.3)."""
    found: dict[bytes, str] = {}
    for name, value in headers:
        if name in ASKED:
            text = value.decode("latin-1")
            found[name] = f"{found[name]}, {text}" if name in found else text
    return found


def answer_of(status: int, headers: list[Header], body: bytes) -> Answer:
    """Return an answer as its two ASGI messages."""
    start = {"type": "http.response.start", "status": status, "headers": headers}
    return start, {"type": "http.response.body", "body": body}


async def say(send: Send, answer: Answer) -> None:
    """Send an answer."""
    start, body = answer
    await send(start)
    await send(body)
