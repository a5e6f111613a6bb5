"""What attempts at early deliveries send, checked anew each time, and what came of them; when to try is the lanes'."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import orjson
import structlog

from services.syndication.embargo.store import Texts
from services.syndication.embargo.untold import Untold
from services.syndication.ledger import Ledger
from services.syndication.webhooks.early.message import embargoed, withdrawn
from services.syndication.webhooks.early.notes import EMBARGOED, WITHDRAWN, Begun, Note, Notes
from services.syndication.webhooks.early.trust import UNTRUSTED, Trust
from services.syndication.webhooks.lane_replies import Delivery
from services.syndication.webhooks.message import Message
from services.syndication.webhooks.outcomes import Verdict
from services.syndication.webhooks.sign import webhook_id
from services.syndication.webhooks.subscriptions import Subscription
from shared.events import ArticleEnriched
from shared.redis import RedisError

log = structlog.get_logger()

REPLACED = "something newer took its place"
OVER = "it waits under this embargo no more"


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlySending:
    """Answers for one delivery at a time. An article goes out only while it waits, to who is trusted at that moment.

    The delivery is claimed before it is looked at: what the ledger gets after that look waits behind it in its lane.
    """

    notes: Notes
    trust: Trust
    ledger: Ledger
    texts: Texts
    untold: Untold
    site: str
    clock: Callable[[], float]

    async def message(self, delivery: Delivery, subscription: Subscription) -> Message | str:
        """Return what is sent, or why nothing is. Raises RedisError."""
        note, article_id = _note(delivery), delivery.article_id
        allowed = delivery.type == WITHDRAWN or await self._may(subscription)
        if not allowed:  # trusted again, it is put in again
            await self.notes.queued(article_id, subscription.id, note, queued=False)
            await self.untold.again(article_id)
            return UNTRUSTED
        begun = await self.notes.begin(article_id, subscription.id, note, int(self.clock() * 1000))
        if begun is None:
            return REPLACED
        id = webhook_id(subscription.id, article_id, delivery.version, delivery.type)
        if delivery.type == WITHDRAWN:
            return withdrawn(id, article_id, orjson.loads(delivery.matched), subscription.sending)
        event = await self._waiting(delivery)
        if event is None:
            if begun.first:
                await self.notes.unsent(article_id, subscription.id, note)
            return OVER
        previous = _previous(begun, delivery.version)
        message = embargoed(id, event, subscription.bound, delivery.matched, previous, self.site)
        return message._replace(still=partial(self._still, delivery, subscription))

    async def _still(self, delivery: Delivery, subscription: Subscription) -> bool:
        return await self._may(subscription) and await self._waiting(delivery) is not None

    async def _may(self, subscription: Subscription) -> bool:
        return subscription.choices.embargoed and await self.trust.of(subscription.owner)

    async def _waiting(self, delivery: Delivery) -> ArticleEnriched | None:
        """Return the event of a version that still waits, and does for a while."""
        turn = (await self.ledger.standing(delivery.article_id)).turn
        if turn is None or turn.version != delivery.version or turn.until <= self.clock() * 1000:
            return None
        return await self.texts.event(delivery.article_id, delivery.version)

    async def ended(self, delivery: Delivery, verdict: Verdict) -> None:
        """Note what came of an attempt; the lane's own record does not depend on it."""
        now, attempts = int(self.clock() * 1000), delivery.failures + 1
        article_id, subscription = delivery.article_id, delivery.subscription
        try:
            await self.notes.ended(article_id, subscription, _note(delivery), verdict, now, attempts)
        except RedisError as error:  # as far as anybody knows, it is being sent
            about = {"article_id": article_id, "version": delivery.version, "subscription": subscription}
            log.warning("early.unnoted", **about, error=type(error).__name__)


def _note(delivery: Delivery) -> Note:
    return Note(EMBARGOED if delivery.type == EMBARGOED else WITHDRAWN, delivery.version, delivery.seq, queued=True)


def _previous(begun: Begun, version: int) -> int | None:
    return max((each for each in begun.versions if each < version), default=None)
