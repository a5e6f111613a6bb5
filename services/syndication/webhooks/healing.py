"""Looks over all lanes again and again, a part at a time, for what a crash left unknown; dispatches nothing."""

from __future__ import annotations

import math
from collections.abc import Callable
from time import monotonic

from services.syndication.webhooks.directory import Directory
from services.syndication.webhooks.filling import SUBSCRIPTIONS_AT_ONCE, Missed
from services.syndication.webhooks.lane_replies import State
from services.syndication.webhooks.lanes import Lanes
from services.syndication.webhooks.store import SubscriptionStore

HEAL_SECONDS = 30.0


class Healing:
    """Makes sure that what waits is known to be due, what is missed to be missed, and what is untold is told.

    A server that lost its last second may have forgotten the first, a replica that died the others.
    """

    def __init__(
        self,
        *,
        store: SubscriptionStore,
        lanes: Lanes,
        directory: Directory,
        missed: Missed,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._store, self._lanes, self._directory = store, lanes, directory
        self._missed, self._clock = missed, clock
        self._begun = -math.inf
        self._left: list[str] = []

    async def some(self) -> bool:
        """Look at some lanes, if it is time; tell whether there are more to be looked at now. Raises RedisError."""
        if not self._left:
            if self._clock() - self._begun < HEAL_SECONDS:
                return False
            self._begun = self._clock()
            await self._directory.refresh()
            self._left = [subscription.id for subscription in self._directory.all()]
        states = await self._lanes.peek(self._left[:SUBSCRIPTIONS_AT_ONCE])
        heard = [state for state in states if isinstance(state, State)]
        await self._store.heal((state.subscription, state.due) for state in heard if state.due is not None)
        self._missed.note(heard)
        del self._left[:SUBSCRIPTIONS_AT_ONCE]
        return bool(self._left)
