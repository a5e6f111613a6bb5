"""Joins the routes of the subscriptions API, more particular ones first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from starlette.routing import Route

from services.syndication.webhooks.api.access import Access
from services.syndication.webhooks.api.batches import BatchRoutes
from services.syndication.webhooks.api.deliveries import DeliveryRoutes
from services.syndication.webhooks.api.log import LogRoutes
from services.syndication.webhooks.api.making import Making
from services.syndication.webhooks.api.previewing import PreviewRoutes
from services.syndication.webhooks.api.proofs import ProofRoutes
from services.syndication.webhooks.api.registry import RegistryRoutes
from services.syndication.webhooks.api.rotation import RotationRoutes
from services.syndication.webhooks.api.verification import VerificationRoutes
from services.syndication.webhooks.as_sent import AsSent
from services.syndication.webhooks.assigned import Assigned
from services.syndication.webhooks.attempt_log import AttemptLog
from services.syndication.webhooks.attempts import Send
from services.syndication.webhooks.directory import Directory
from services.syndication.webhooks.headlines import Headlines
from services.syndication.webhooks.lanes import Lanes
from services.syndication.webhooks.reading import LedgerReader
from services.syndication.webhooks.receipts import Receipts
from services.syndication.webhooks.replay import Replays
from services.syndication.webhooks.retractions import Retractions
from services.syndication.webhooks.sent import Sent
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
    sent: Sent
    log: AttemptLog
    directory: Directory
    send: Send
    as_sent: AsSent
    look: Callable[[], None]

    @property
    def proofs(self) -> ProofRoutes:
        """What was sent, for who wants to be sure."""
        receipts = Receipts(sent=self.sent, store=self.store, directory=self.directory, ledger=self.ledger)
        return ProofRoutes(
            access=Access(self.guard, self.store),
            assigned=Assigned(sent=self.sent, store=self.store, ledger=self.ledger),
            receipts=receipts,
            retractions=Retractions(receipts=receipts, ledger=self.ledger, clock=monotonic),
            headlines=Headlines(self.ledger, self.store.within),
            sent=self.sent,
            ledger=self.ledger,
        )

    @property
    def routes(self) -> list[Route]:
        """All routes."""
        access, proofs = Access(self.guard, self.store), self.proofs
        replays = Replays(sent=self.sent, store=self.store, lanes=self.lanes, ledger=self.ledger)
        registry = RegistryRoutes(
            access=access,
            idempotency=self.idempotency,
            store=self.store,
            lanes=self.lanes,
            making=self.making,
            verifying=self.verifying,
            look=self.look,
        )
        return [
            *proofs.routes,
            *PreviewRoutes(access, self.ledger).routes,
            *BatchRoutes(
                access=access,
                idempotency=self.idempotency,
                store=self.store,
                making=self.making,
                registry=registry,
            ).routes,
            *registry.routes,
            *RotationRoutes(access=access, idempotency=self.idempotency, store=self.store).routes,
            *LogRoutes(access=access, log=self.log, as_sent=self.as_sent, headlines=proofs.headlines).routes,
            *DeliveryRoutes(
                access=access,
                idempotency=self.idempotency,
                replays=replays,
                assigned=proofs.assigned,
                receipts=proofs.receipts,
                ledger=self.ledger,
                send=self.send,
                look=self.look,
            ).routes,
            *VerificationRoutes(access, self.verifying).routes,
        ]
