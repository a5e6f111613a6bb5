"""Builds the bodies of webhook messages out of bytes prepared once for all subscribers; signs and sends nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from services.syndication.webhooks.reading import Recorded
from shared.events import to_json

IDENTITY = ("id", "version", "status", "source", "guid", "url", "canonical_url")
"""What is left of a retracted article in its message: enough to find and remove it, nothing to republish."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent, the same at every attempt; `attributes` are headers that belong to it."""

    id: str
    body: bytes
    content_type: str = "application/json"
    attributes: tuple[tuple[str, str], ...] = ()


EXIT = b'[],"exit":true'
"""What stands for `matched` in a message that tells that an article left the filter: nothing, and that it did."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """One ledger entry as JSON, cut where subscribers differ: before previous_seq and before matched."""

    head: bytes
    middle: bytes
    tail: bytes


def render(entry: Recorded, document: bytes | None) -> Rendered | None:
    """Prepare an entry's body around its article's JSON; None when the article it must carry is gone.

    A retraction carries identity, reason and replacement only, and needs no document.
    """
    if entry.type == "article.retracted":
        article: bytes | None = to_json(_identity(entry, document))
        more: dict[str, Any] = {"reason": entry.reason, "replacement_url": entry.replacement_url}
    else:
        article = document
        more = {"correction": entry.correction} if entry.type == "article.corrected" else {}
    if article is None:
        return None
    return Rendered(
        head=b'{"type":%s,"timestamp":%s,"data":{"seq":%d,"previous_seq":'
        % (to_json(entry.type), to_json(entry.timestamp), entry.seq),
        middle=b',"article":%s,"changed":%s,"matched":' % (article, to_json(entry.changed)),
        tail=b"".join(b",%s:%s" % (to_json(name), to_json(value)) for name, value in more.items()) + b"}}",
    )


def _identity(entry: Recorded, document: bytes | None) -> dict[str, Any]:
    known: dict[str, Any] = orjson.loads(document) if document is not None else {}
    kept = {name: known[name] for name in IDENTITY if name in known}
    return {**kept, "id": entry.article_id, "version": entry.version, "status": "canceled"}


def body(rendered: Rendered, previous_seq: int | None, matched: bytes, supersedes: Sequence[int] = ()) -> bytes:
    """Return the body for one subscriber; `matched` is a JSON array of the filter's terms that held.

    `supersedes` are the seqs of earlier versions that this one replaced on their way, said only where there are any.
    """
    previous = b"null" if previous_seq is None else b"%d" % previous_seq
    instead = b',"supersedes":%s' % orjson.dumps(supersedes) if supersedes else b""
    return b"".join((rendered.head, previous, rendered.middle, matched, instead, rendered.tail))


def trial_body(subscription: str, timestamp: str) -> bytes:
    """Return the body of a `webhook.test` message, by which a receiver is tried out."""
    return to_json({"type": "webhook.test", "timestamp": timestamp, "data": {"subscription": subscription}})
