"""Makes subscriptions of what was asked for: checks what only the world can say, and where in the ledger to begin."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from services.syndication.ahead import begins_ahead
from services.syndication.webhooks.api.room import Room
from services.syndication.webhooks.beginning import begin
from services.syndication.webhooks.choices import Choices
from services.syndication.webhooks.early.trust import UNTRUSTED, Trust
from services.syndication.webhooks.handshake import Consent, Denied
from services.syndication.webhooks.inputs import ChangedSubscription, NewSubscription
from services.syndication.webhooks.lanes import keys
from services.syndication.webhooks.notices import Announce
from services.syndication.webhooks.reading import LedgerReader
from services.syndication.webhooks.sign import secret_of
from services.syndication.webhooks.starting import Start, first_of
from services.syndication.webhooks.store import SubscriptionStore
from services.syndication.webhooks.subscriptions import Secret, Subscription
from services.syndication.webhooks.verifying import LEASE_SECONDS, UNPROVEN, Verifying
from services.syndication.within import UNBOUND, Terms, both
from shared.auth import CONSUMERS, Consumer, Principal
from shared.problems import problem
from shared.query import QueryError
from shared.redis import Argument, Store
from shared.retry import STANDARD
from shared.times import now, rfc3339

CheckUrl = Callable[[str], Awaitable[str | None]]


def subscription_of(given: NewSubscription, *, id: str, number: int, owner: str | None, terms: Terms) -> Subscription:
    """Return a subscription as it was asked for, within its owner's terms."""
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
        sending=given.sending().bounded(terms.reuse),
        schedule=tuple(given.schedule) if given.schedule else STANDARD,
        pacing=given.pacing,
        choices=Choices(
            verify=given.verify,
            exit_notices=given.exit_notices,
            delivery=given.delivery,
            embargoed=given.embargoed,
        ),
        status="pending" if given.verify else "active",
        reason=UNPROVEN if given.verify else None,
        within=terms.query,
        most=terms.reuse,
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
    room: Room
    look: Callable[[], None]
    announce: Announce

    async def refused(self, given: NewSubscription | ChangedSubscription) -> list[tuple[str, str]]:
        """Return the fields of what was given whose addresses may not be reached, each with the reason."""
        addresses = [("url", given.url), ("auth.token_url", given.token_url)]
        found = [(name, await self.check_url(url)) for name, url in addresses if url is not None]
        return [(name, reason) for name, reason in found if reason]

    async def beyond(
        self, principal: Principal, owner: str | None, *given: NewSubscription | ChangedSubscription, stem: str = "{0}"
    ) -> Response | None:
        """Return the answer that refuses what an owner may not ask for; `stem` names a field of one of many."""
        early = [stem.format("embargoed", at) for at, each in enumerate(given) if each.embargoed]
        if early and not await self.trust.of(owner):
            status = 403 if isinstance(principal, Consumer) else 422
            return problem(status, f"{early[0]}: {UNTRUSTED}", errors=[(field, UNTRUSTED) for field in early])
        within = (await self._terms(owner)).query
        wrong = [(stem.format("filter", at), _unreadable(each.filter, within)) for at, each in enumerate(given)]
        errors = [(field, why) for field, why in wrong if why]
        if errors:
            return problem(422, ": ".join(errors[0]), errors=errors)
        made = [(at, each.start) for at, each in enumerate(given) if isinstance(each, NewSubscription)]
        starts = [(stem.format("from", at), start.number) for at, start in made if start.kind == "seq"]
        return begins_ahead(starts, await self.ledger.latest()) if starts else None

    async def _terms(self, owner: str | None) -> Terms:
        """Return what bounds an owner, whoever asks for it."""
        return (await self.subscriptions.within.among([owner])).get(owner or "", UNBOUND)

    async def make(
        self, given: NewSubscription, owner: str | None, *, id: str | None = None
    ) -> dict[str, Any] | Denied:
        """Keep a new subscription and return it as its maker sees it, with its secret; Denied when it is unwelcome."""
        agreed = await self.agreed(given, owner, id=id)
        return agreed if isinstance(agreed, Denied) else await self.keep(agreed, given.start)

    async def agreed(
        self, given: NewSubscription, owner: str | None, *, id: str | None = None
    ) -> Subscription | Denied:
        """Return a subscription that may be kept, or why its receiver does not want it."""
        number = await self.subscriptions.number()
        id = id or f"sub_{secrets.token_hex(10)}"
        terms = await self._terms(owner)
        made = subscription_of(given, id=id, number=number, owner=owner, terms=terms)
        return await self.consent(made) if given.handshake else made

    async def keep(self, made: Subscription, start: Start) -> dict[str, Any]:
        """Keep a subscription that begins somewhere in the ledger, tell of it, and return it with its secret."""
        kept = await self._kept(made, start)
        await self.announce("created", made)
        return kept

    async def knows(self, owner: str) -> bool:
        """Tell whether there is such a consumer."""
        return bool(await self.store.do("HEXISTS", CONSUMERS, owner))

    async def taken_back(self, owner: str | None, *ids: str) -> bool:
        """Tell whether a consumer was deleted while these were made for it; then they are deleted, too.

        Else they would go on for ever, bound by nothing: what it might have goes with its record.
        """
        if owner is None or await self.knows(owner):
            return False
        for made in await self.subscriptions.load(ids):
            if made is not None:
                await self.subscriptions.remove(made.id, keys(made.id))
                await self.announce("deleted", made)
        return True

    async def _kept(self, made: Subscription, start: Start) -> dict[str, Any]:
        latest = await self.ledger.latest()
        first = await first_of(start, made.wish, self.ledger, latest)
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


def _unreadable(filter: str | None, within: str) -> str:
    """Return what is wrong with a filter within what its owner may have, empty for nothing."""
    try:
        both(filter or "", within)
    except QueryError as error:
        return f"together with what this consumer may have: {error}"
    return ""
