"""Builds the bodies of webhook messages out of bytes prepared once for all subscribers; signs and sends nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from services.syndication.rights import withdrawn_as
from services.syndication.webhooks.cuts import WHOLE, Cut, cut_out, identity, links
from services.syndication.webhooks.reading import Recorded
from shared.events import to_json


@dataclass(frozen=True, slots=True)
class About:
    """What a message is about, for formats that say it outside of the data; `subject` is an article, mostly."""

    type: str
    timestamp: str
    subject: str
    seq: int | None


class Message(NamedTuple):
    """What is sent, the same at every attempt: a body as Standard Webhooks has it, or with `about` the data alone.

    `embargoed_until` is said in a header too: nobody may take what is not out for what is. `still` tells whether it may
    go yet, asked where sending had to wait for something first.
    """

    id: str
    body: bytes
    about: About | None = None
    embargoed_until: str | None = None
    correlation_id: str | None = None
    source: str | None = None
    still: Callable[[], Awaitable[bool]] | None = None


EXIT = b'[],"exit":true'
"""What stands for `matched` in a message that tells that an article left the filter: nothing, and that it did."""


class Rendered(NamedTuple):
    """One ledger entry as JSON, cut where subscribers differ: before the data, previous_seq and matched."""

    opening: bytes
    head: bytes
    middle: bytes
    tail: bytes


def render(entry: Recorded, document: bytes | None, cut: Cut = WHOLE, site: str = "") -> Rendered | None:
    """Prepare an entry's body around what is wanted of its article's JSON; None when the article is gone.

    A retraction carries identity, reason and replacement only, and needs no document.
    """
    if entry.type == "article.retracted":
        article: bytes | None = to_json(_withdrawn(entry, document, cut, site))
        more: dict[str, Any] = {"reason": entry.reason, "replacement_url": entry.replacement_url}
    else:
        article = None if document is None else cut_out(document, cut, site)
        more = {"correction": _note(entry, document)} if entry.type == "article.corrected" else {}
    if article is None:
        return None
    return Rendered(
        opening=b'{"type":%s,"timestamp":%s,"data":' % (to_json(entry.type), to_json(entry.timestamp)),
        head=b'{"seq":%d,"previous_seq":' % entry.seq,
        middle=b',"article":%s,"changed":%s,"matched":' % (article, to_json(entry.changed)),
        tail=b"".join(b",%s:%s" % (to_json(name), to_json(value)) for name, value in more.items()) + b"}",
    )


def _note(entry: Recorded, document: bytes | None) -> str | None:
    """Return the note of a correction, which may quote what is not to be read any more."""
    return None if withdrawn_as(document) else entry.correction


def _withdrawn(entry: Recorded, document: bytes | None, cut: Cut, site: str) -> dict[str, Any]:
    kept = {**identity(document), "id": entry.article_id, "version": entry.version, "status": "canceled"}
    return {**kept, "links": links(entry.article_id, site)} if cut.payload == "thin" else kept


def body(rendered: Rendered, previous_seq: int | None, matched: bytes, supersedes: Sequence[int] = ()) -> bytes:
    """Return the body for one subscriber; `matched` is a JSON array of the filter's terms that held.

    `supersedes` are the seqs of earlier versions that this one replaced on their way, said only where there are any.
    """
    return b"".join((rendered.opening, *_data(rendered, previous_seq, matched, supersedes), b"}"))


def data(rendered: Rendered, previous_seq: int | None, matched: bytes, supersedes: Sequence[int] = ()) -> bytes:
    """Return the body's `data` alone."""
    return b"".join(_data(rendered, previous_seq, matched, supersedes))


def _data(rendered: Rendered, previous_seq: int | None, matched: bytes, supersedes: Sequence[int]) -> tuple[bytes, ...]:
    previous = b"null" if previous_seq is None else b"%d" % previous_seq
    instead = b',"supersedes":%s' % orjson.dumps(supersedes) if supersedes else b""
    return rendered.head, previous, rendered.middle, matched, instead, rendered.tail


TEST = "webhook.test"


def trial_body(subscription: str, timestamp: str) -> bytes:
    """Return the body of a `webhook.test` message, by which a receiver is tried out."""
    return to_json({"type": TEST, "timestamp": timestamp, "data": {"subscription": subscription}})
