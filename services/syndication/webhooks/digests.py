"""Makes one message of many events for a subscriber who asked for digests; sends nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.syndication.webhooks.lane_replies import Delivery
from services.syndication.webhooks.message import About, Message
from services.syndication.webhooks.prepare import Prepared
from services.syndication.webhooks.sign import digest_id, webhook_id
from services.syndication.webhooks.subscriptions import Subscription
from shared.events import to_json

TYPE = "digest"

MOST_BYTES = 1_000_000
"""Of events in one message: many servers take a megabyte by default, and all of it is to be there within an attempt."""


def event(subscription: Subscription, delivery: Delivery, prepared: Prepared) -> Message | None:
    """Return an event as it stands in a digest, whatever the format of the whole; None when its article is gone."""
    id = webhook_id(delivery.subscription, delivery.article_id, delivery.version)
    sending = subscription.sending_of(delivery.matched).changed({"format": "standard"})
    return prepared.message(id, sending, delivery.previous_seq, delivery.matched, delivery.supersedes)


def fitting(messages: Iterable[Message]) -> int:
    """Return how many of some events go in one message, in their order: one at least, however long it is."""
    size, count = 0, 0
    for message in messages:
        size += len(message.body) + 1
        if count and size > MOST_BYTES:
            break
        count += 1
    return count


def digest(subscription: Subscription, events: Sequence[tuple[Message, Prepared]]) -> Message:
    """Return the message that holds some events in the order given; it is as new as the last of them."""
    last = events[-1][1].entry
    id = digest_id(subscription.id, (message.id for message, _ in events))
    data = b'{"events":[%s]}' % b",".join(message.body for message, _ in events)
    if subscription.sending.format != "standard":
        return Message(id, data, About(TYPE, last.timestamp, subscription.id, last.seq))
    return Message(id, b'{"type":"digest","timestamp":%s,"data":%s}' % (to_json(last.timestamp), data))
