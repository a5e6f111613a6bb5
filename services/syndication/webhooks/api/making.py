"""Makes subscriptions of what was asked for: checks what only the world can say, and where in the ledger to begin."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from services.syndication.webhooks.beginning import begin
from services.syndication.webhooks.choices import Choices
from services.syndication.webhooks.early.trust import UNTRUSTED, Trust
from services.syndication.webhooks.handshake import Consent, Denied
from services.syndication.webhooks.inputs import ChangedSubscription, NewSubscription
from services.syndication.webhooks.matching import wish
from services.syndication.webhooks.reading import LedgerReader
from services.syndication.webhooks.sign import secret_of
from services.syndication.webhooks.starting import Start, first_of
from services.syndication.webhooks.store import SubscriptionStore
from services.syndication.webhooks.subscriptions import Secret, Subscription
from services.syndication.webhooks.verifying import LEASE_SECONDS, Verifying
from shared.auth import Consumer, Principal
from shared.events import Reuse
from shared.problems import problem
from shared.redis import Argument, Store
from shared.retry import STANDARD
from shared.times import now, rfc3339

CheckUrl = Callable[[str], Awaitable[str | None]]


def subscription_of(given: NewSubscription, *, id: str, number: int, owner: str | None, most: Reuse) -> Subscription:
    """Return a subscription as it was asked for, with no more of an article than `most`."""
    return Subscription(
        id=id,
        number=number,
        url=given.url,
        filter=given.filter,
        types=None if given.types is None else tuple(given.types),
        description=given.description,
        owner=owner,
        created_at=rfc3339(now()),
        secrets=(Secret(given.secret or secret_of(secrets.token_bytes(32))),),
        credentials=given.credentials(),
        sending=given.sending().bounded(most),
        schedule=tuple(given.schedule) if given.schedule else STANDARD,
        pacing=given.pacing,
        choices=Choices(
            verify=given.verify,
            exit_notices=given.exit_notices,
            delivery=given.delivery,
            embargoed=given.embargoed,
        ),
        status="pending" if given.verify else "active",
        reason="not verified yet" if given.verify else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """What making a subscription needs."""

    store: Store
    subscriptions: SubscriptionStore
    ledger: LedgerReader
    check_url: CheckUrl
    consent: Consent
    verifying: Verifying
    trust: Trust
    look: Callable[[], None]

    async def refused(self, given: NewSubscription | ChangedSubscription) -> list[tuple[str, str]]:
        """Return the fields of what was given whose addresses may not be reached, each with the reason."""
        addresses = [("url", given.url), ("auth.token_url", given.token_url)]
        found = [(name, await self.check_url(url)) for name, url in addresses if url is not None]
        return [(name, reason) for name, reason in found if reason]

    async def untrusted(
        self, principal: Principal, owner: str | None, *fields: str, asked: bool | None
    ) -> Response | None:
        """Return the answer that refuses articles ahead of their release to an owner who is not trusted with them."""
        if not asked or await self.trust.of(owner):
            return None
        status = 403 if isinstance(principal, Consumer) else 422
        fields = fields or ("embargoed",)
        return problem(status, f"{fields[0]}: {UNTRUSTED}", errors=[(field, UNTRUSTED) for field in fields])

    async def make(
        self, given: NewSubscription, owner: str | None, *, id: str | None = None, most: Reuse = "full"
    ) -> dict[str, Any] | Denied:
        """Keep a new subscription and return it as its maker sees it, with its secret; Denied when it is unwelcome."""
        agreed = await self.agreed(given, owner, id=id, most=most)
        return agreed if isinstance(agreed, Denied) else await self.keep(agreed, given.start)

    async def agreed(
        self, given: NewSubscription, owner: str | None, *, id: str | None = None, most: Reuse = "full"
    ) -> Subscription | Denied:
        """Return a subscription that may be kept, or why its receiver does not want it."""
        number = await self.subscriptions.number()
        id = id or f"sub_{secrets.token_hex(10)}"
        made = subscription_of(given, id=id, number=number, owner=owner, most=most)
        return await self.consent(made) if given.handshake else made

    async def keep(self, made: Subscription, start: Start) -> dict[str, Any]:
        """Keep a subscription that begins somewhere in the ledger, and return it with its secret."""
        latest = await self.ledger.latest()
        first = await first_of(start, wish(made.filter, made.types), self.ledger, latest)
        if made.status == "active" and start.kind == "now":
            await self.subscriptions.add(made, first - 1)
            return {**made.public(secret=True), "starts_at": first}
        marks: dict[str, Argument] = {}
        if made.status == "pending":
            marks["verifying"] = secrets.token_hex(8)
            # Before it is there: were this process to die in between, its turn would come all the same.
            await self.verifying.ask(made.id, LEASE_SECONDS)
        await begin(
            made,
            first,
            marks,
            store=self.store,
            subscriptions=self.subscriptions,
            ledger=self.ledger,
            latest=max(latest, first - 1),
        )
        if made.status == "pending":
            await self.verifying.ask_now(made.id)
        self.look()
        return {**made.public(secret=True), "starts_at": first}
