"""Joins the routes of the subscriptions API, more particular ones first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.routing import Route

from services.syndication.webhooks.api.access import Access
from services.syndication.webhooks.api.deliveries import DeliveryRoutes
from services.syndication.webhooks.api.making import Making
from services.syndication.webhooks.api.previewing import PreviewRoutes
from services.syndication.webhooks.api.registry import RegistryRoutes
from services.syndication.webhooks.api.rotation import RotationRoutes
from services.syndication.webhooks.api.verification import VerificationRoutes
from services.syndication.webhooks.attempts import Send
from services.syndication.webhooks.lanes import Lanes
from services.syndication.webhooks.reading import LedgerReader
from services.syndication.webhooks.store import SubscriptionStore
from services.syndication.webhooks.verifying import Verifying
from shared.auth import Guard
from shared.idempotency import Idempotency


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionsApi:
    """What the routes under /api/v1/subscriptions are built of."""

    guard: Guard
    idempotency: Idempotency
    store: SubscriptionStore
    making: Making
    verifying: Verifying
    lanes: Lanes
    ledger: LedgerReader
    send: Send
    look: Callable[[], None]

    @property
    def routes(self) -> list[Route]:
        """All routes."""
        access = Access(self.guard, self.store)
        return [
            *PreviewRoutes(access, self.ledger).routes,
            *RegistryRoutes(
                access=access,
                idempotency=self.idempotency,
                store=self.store,
                lanes=self.lanes,
                making=self.making,
                verifying=self.verifying,
                look=self.look,
            ).routes,
            *RotationRoutes(access=access, idempotency=self.idempotency, store=self.store).routes,
            *DeliveryRoutes(
                access=access, store=self.store, lanes=self.lanes, ledger=self.ledger, send=self.send, look=self.look
            ).routes,
            *VerificationRoutes(access, self.verifying).routes,
        ]
