"""What the log keeps of a request, and the request made of it anew by the code that sends; sends nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import orjson

from services.syndication.restrictions import restrictions
from services.syndication.rights import Restriction, told
from services.syndication.webhooks.deliver import Attempt, Outcome, RetryLater
from services.syndication.webhooks.digests import digest, event
from services.syndication.webhooks.early.notes import KINDS
from services.syndication.webhooks.formats import Written
from services.syndication.webhooks.lane_replies import Delivery
from services.syndication.webhooks.message import EXIT, Message
from services.syndication.webhooks.prepare import Preparation, Prepared
from services.syndication.webhooks.reading import LedgerReader
from services.syndication.webhooks.sign import webhook_id
from services.syndication.webhooks.signing_keys import NoSigningKeyError
from services.syndication.webhooks.store import NOTICES_FROM
from services.syndication.webhooks.subscriptions import Subscription
from shared.events import Article, to_json
from shared.sealing import SealError

UNSENT = "nothing was sent"
UNKEPT = "the log has kept nothing of the request"
AHEAD = "what goes ahead of its release is not shown again"
GONE = "the article is no longer kept"
BEYOND = "the article is not within what this subscription may have by now"
WITHDRAWN = "the article is withheld by now, was taken back, or less of it may go on"
UNSIGNED = "it cannot be signed at the moment"
"""Why a request is not shown."""

HIDDEN = "(not shown)"
"""Stands for the value of a header that is secret."""

Logged = Mapping[str, Any]
"""An attempt as the log has it."""


def kept(
    subscription: Subscription,
    message: Message,
    delivery: Delivery,
    outcome: Outcome,
    now: float,
    named: Restriction | None = None,
) -> dict[str, Any]:
    """Return what the log keeps of a request signed for Unix time `now`: what is said in it beside the article.

    `named` is what restricted the article, where for that less than the whole version was sent.
    """
    told: dict[str, Any] = {
        "at": now,
        "previous_seq": delivery.previous_seq,
        "mark": mark(subscription, message),
        "matched": orjson.Fragment(delivery.matched),  # it may be of an exit, and bring that name along
    }
    if named is not None:
        told["named"] = named
    if isinstance(outcome, RetryLater) and outcome.unsent:
        told["unsent"] = True
    return told


def mark(subscription: Subscription, message: Message) -> int:
    """Return a number that is another once a request goes elsewhere, in another format or with another body.

    Nobody gains by forging it, and it is worked out at every attempt: a checksum costs a quarter of a hash.
    """
    return crc32(message.body, crc32(f"{subscription.url} {subscription.sending.format} {message.id}".encode()))


@dataclass(frozen=True, slots=True)
class Shown:
    """A request made anew: `same` tells whether address, format and body are byte for byte those that went.

    `reached` is False where it is sure that the receiver got nothing of it.
    """

    url: str
    headers: Mapping[str, str]
    body: bytes
    same: bool
    reached: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AsSent:
    """`request` writes and signs a message as it is sent."""

    preparation: Preparation
    ledger: LedgerReader
    request: Callable[[Subscription, Message, float, Attempt], Written]

    async def of(self, subscription: Subscription, together: Sequence[Logged], *, whole: bool) -> Shown | str:
        """Return the request of an attempt, or why it is not shown; `together` are those logged of one request.

        `whole` is for the newsroom, which reads what it withholds or took back. Raises what the ledger's reader raises.
        """
        first = together[0]
        if first["outcome"] == "dropped":
            return UNSENT
        if first["type"] in KINDS:
            return AHEAD
        if any("request" not in each for each in together):
            return UNKEPT
        if first["seq"] >= NOTICES_FROM:
            return self._shown(subscription, together, Message(first["webhook_id"], matched_of(first)), None)
        found = [(each, await self._prepared(each)) for each in together]
        ready = [(each, prepared) for each, prepared in found if prepared is not None]
        if len(ready) < len(found):
            return GONE
        if not all(_within(subscription, each, prepared) for each, prepared in ready):
            return BEYOND
        if not whole and await self._withdrawn([prepared for _, prepared in ready]):
            return WITHDRAWN
        message = _message(subscription, ready)
        published = min(prepared.published for _, prepared in ready)
        return GONE if message is None else self._shown(subscription, together, message, published)

    async def _prepared(self, logged: Logged) -> Prepared | None:
        found = await self.preparation.get(logged["seq"])
        named = found is not None and (found.entry.article_id, found.entry.version)
        if found is None or named != (logged["article_id"], logged["version"]):
            return None
        return found.as_told(logged["request"].get("named"))

    async def _withdrawn(self, ready: Sequence[Prepared]) -> bool:
        """Tell whether a request brought a version that nobody is to read any more."""
        restricted = await restrictions(self.ledger, [each.entry for each in ready])
        documents = ((each.document, restricted.get(each.entry.article_id)) for each in ready)
        return any(document is not None and told(document, now) is not document for document, now in documents)

    def _shown(
        self, subscription: Subscription, together: Sequence[Logged], message: Message, published: float | None
    ) -> Shown | str:
        told, number = together[0]["request"], max(each["attempt"] for each in together)
        at = told["at"]
        try:
            written = self.request(subscription, message, at, Attempt(number, at - published if published else 0.0))
        except (SealError, NoSigningKeyError):
            return UNSIGNED
        headers = {**subscription.credentials.hidden(HIDDEN), **written.headers}
        same = mark(subscription, message) == told["mark"]
        return Shown(subscription.url, headers, written.body, same, "unsent" not in told)


def matched_of(logged: Logged) -> bytes:
    """Return what is said of the filter in a message, as a lane keeps it; of a notice it is the whole body."""
    told = logged["request"]
    return EXIT if "exit" in told else to_json(told["matched"])


def _message(subscription: Subscription, ready: Sequence[tuple[Logged, Prepared]]) -> Message | None:
    (logged, prepared), *more = ready
    if not more and logged["webhook_id"] == webhook_id(subscription.id, logged["article_id"], logged["version"]):
        told = logged["request"]["previous_seq"], matched_of(logged), tuple(logged.get("supersedes", ()))
        return prepared.message(logged["webhook_id"], subscription.sending_of(told[1]), *told)
    events = [(event(subscription, _delivery(subscription, each), found), found) for each, found in ready]
    whole = [(message, found) for message, found in events if message is not None]
    return digest(subscription, whole) if len(whole) == len(events) else None


def _delivery(subscription: Subscription, logged: Logged) -> Delivery:
    return Delivery(
        subscription=subscription.id,
        seq=logged["seq"],
        fence=0,
        failures=logged["attempt"] - 1,
        previous_seq=logged["request"]["previous_seq"],
        type=logged["type"],
        article_id=logged["article_id"],
        version=logged["version"],
        matched=matched_of(logged),
        supersedes=tuple(logged.get("supersedes", ())),
    )


def _within(subscription: Subscription, logged: Logged, prepared: Prepared) -> bool:
    """Tell whether an article may be shown to its receiver's owner by now; word of an exit only names it."""
    if not subscription.within or prepared.document is None or "exit" in logged["request"]:
        return True
    article = Article.model_validate_json(prepared.document)
    return subscription.lets(article, logged["type"])
