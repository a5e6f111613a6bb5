"""Builds the messages that go out ahead of a release: an article under an embargo, and word that it is withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.syndication.webhooks.cuts import cut_out, identity
from services.syndication.webhooks.early.notes import EMBARGOED, WITHDRAWN, Kind
from services.syndication.webhooks.message import About, Message
from services.syndication.webhooks.sending import Sending
from shared.events import Article, ArticleEnriched, to_json
from shared.times import rfc3339


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a message is besides its data."""

    id: str
    kind: Kind
    article_id: str
    timestamp: str
    source: str | None
    correlation_id: str | None = None

    def around(self, data: bytes, sending: Sending, until: datetime | None = None) -> Message:
        """Return the message in the format that a subscription asks for."""
        ends = None if until is None else rfc3339(until)
        if sending.format != "standard":
            about, body = About(self.kind, self.timestamp, self.article_id, None), data
        else:
            head = b'{"type":%s,"timestamp":%s,"data":' % (to_json(self.kind), to_json(self.timestamp))
            about, body = None, b"%s%s}" % (head, data)
        return Message(self.id, body, about, ends, self.correlation_id, self.source)


def embargoed(
    id: str, event: ArticleEnriched, sending: Sending, matched: bytes, previous: int | None, site: str
) -> Message:
    """Return an article's message; `previous` is the version that the receiver was sent early before."""
    article, until = event.article, event.article.embargoed_until
    data = b'{"embargoed_until":%s,"previous_version":%s,"article":%s,"matched":%s}' % (
        to_json(until),
        to_json(previous),
        cut_out(to_json(article), sending.cut, site),
        matched,
    )
    envelope = Envelope(id, EMBARGOED, article.id, rfc3339(event.occurred_at), article.source.id, event.correlation_id)
    return envelope.around(data, sending, until)


def known_by(article: Article) -> dict[str, Any]:
    """Return what an article is known by, without what may change."""
    known = identity(to_json(article))
    return {name: value for name, value in known.items() if name not in ("version", "status")}


def withdrawal(known: Mapping[str, Any], version: int, published: int | None, reason: str, now: datetime) -> bytes:
    """Return what a lane keeps of a withdrawal: its moment and its data; nothing in it is new to its receiver."""
    data = {"article": {**known, "version": version}, "published_version": published, "reason": reason}
    return to_json({"timestamp": rfc3339(now), "data": data})


def withdrawn(id: str, article_id: str, kept: Mapping[str, Any], sending: Sending) -> Message:
    """Return the message of a withdrawal as a lane keeps it."""
    source = kept["data"]["article"].get("source", {}).get("id")
    return Envelope(id, WITHDRAWN, article_id, kept["timestamp"], source).around(to_json(kept["data"]), sending)
