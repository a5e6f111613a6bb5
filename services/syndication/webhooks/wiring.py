"""Joins the webhooks' parts into one thing that the syndication service starts, stops and mounts."""

from __future__ import annotations

import os
import random
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from time import time

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.syndication.webhooks.access_tokens import AccessTokens
from services.syndication.webhooks.api.making import Making
from services.syndication.webhooks.api.room import Room
from services.syndication.webhooks.api.signing import SigningKeysApi
from services.syndication.webhooks.api.wiring import SubscriptionsApi
from services.syndication.webhooks.as_sent import AsSent
from services.syndication.webhooks.attempt_log import AttemptLog
from services.syndication.webhooks.attempts import Attempts
from services.syndication.webhooks.deliver import Sender
from services.syndication.webhooks.directory import Directory
from services.syndication.webhooks.dispatcher import Dispatcher
from services.syndication.webhooks.early import wiring as early_wiring
from services.syndication.webhooks.early.api import EarlyRoutes
from services.syndication.webhooks.engine import Engine
from services.syndication.webhooks.filling import Filling
from services.syndication.webhooks.flights import PROMPT
from services.syndication.webhooks.handshake import Consent
from services.syndication.webhooks.healing import Healing
from services.syndication.webhooks.lanes import Lanes, keys
from services.syndication.webhooks.lease import Lease
from services.syndication.webhooks.missing import Missing
from services.syndication.webhooks.notices import Notices
from services.syndication.webhooks.pacing import PATIENCE, Patience
from services.syndication.webhooks.prepare import Preparation
from services.syndication.webhooks.reading import LedgerReader
from services.syndication.webhooks.sent import Sent
from services.syndication.webhooks.signing_keys import SigningKeys
from services.syndication.webhooks.store import SubscriptionStore
from services.syndication.webhooks.undelivered import undelivered
from services.syndication.webhooks.verifying import Verifying
from shared.auth import Guard
from shared.http_client import Limits, Session
from shared.idempotency import Idempotency
from shared.netguard import check_url
from shared.redis import Store
from shared.sealing import sealer
from shared.settings import Settings
from shared.ticks import Tick

SESSION_LIMITS = Limits(connections=0, per_host=0)
"""For the session given to `create`: lanes bound what is under way, and receivers may share a host."""

GRACE_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhooks:
    """Dispatcher, engine and API of one replica."""

    preparation: Preparation
    dispatcher: Dispatcher
    engine: Engine
    verifying: Verifying
    api: SubscriptionsApi
    signing: SigningKeysApi
    early: Tick
    early_routes: EarlyRoutes
    undelivered: Callable[[], Awaitable[int]]

    async def start(self) -> None:
        """Begin to dispatch and deliver."""
        self.signing.tick.start()
        self.engine.start()
        self.dispatcher.start()
        self.verifying.tick.start()
        self.early.start()

    async def stop(self, grace: float = GRACE_SECONDS) -> None:
        """Stop dispatching, finish within `grace` seconds what is under way; the rest stays for other replicas."""
        await self.early.stop()
        await self.verifying.tick.stop()
        await self.dispatcher.stop()
        await self.engine.stop(grace)
        await self.signing.tick.stop()

    def forget(self) -> None:
        """Drop what is kept of the ledger in memory: it was begun anew."""
        self.preparation.forget()

    def nudge(self) -> None:
        """Tell that the ledger has grown."""
        self.dispatcher.nudge()

    @property
    def ticks(self) -> tuple[Tick, ...]:
        """Every loop that must be alive for deliveries to flow."""
        return (*self.dispatcher.ticks, *self.engine.ticks, self.signing.tick, self.verifying.tick, self.early)

    @property
    def routes(self) -> list[Route]:
        """The API's routes."""
        return [*self.signing.routes, *self.early_routes.routes, *self.api.routes]

    async def leave(self, owner: str) -> None:
        """End all subscriptions of a consumer that is to be no more."""
        for each in await self.api.store.owned(owner):
            await self.api.store.remove(each.id, keys(each.id))
            await self.api.making.announce("deleted", each)

    async def gap(self, request: Request) -> Response:
        """Answer a request for the ledger that names a subscription."""
        return await self.api.proofs.gap(request)


def create(
    *,
    settings: Settings,
    store: Store,
    ledger: LedgerReader,
    session: Session,
    guard: Guard,
    idempotency: Idempotency,
    prompt: int = PROMPT,
    patience: Patience = PATIENCE,
) -> Webhooks:
    """Build the webhooks of one replica; `session` is guarded, made with SESSION_LIMITS, and closed by the caller.

    `prompt` is how many deliveries are sent at once.
    """
    seals = sealer(settings.secret_key, settings.data_dir)
    subscriptions, preparation = SubscriptionStore(store, seals), Preparation(ledger, settings.public_url)
    lanes, directory = Lanes(store.beside(), patience), Directory(subscriptions)
    signing_keys = SigningKeys(store, seals, time)
    tokens = AccessTokens(session)
    send = Sender(session=session, tokens=tokens, signing_keys=signing_keys, site=settings.public_url)
    early = early_wiring.create(
        store=store,
        subscriptions=subscriptions,
        lanes=lanes,
        directory=directory,
        reader=ledger,
        site=settings.public_url,
    )
    notices = Notices(store=subscriptions, lanes=lanes, directory=directory)
    attempts = Attempts(
        directory=directory,
        preparation=preparation,
        early=early.sending,
        send=send,
        random=random.random,
        clock=time,
    )
    engine = Engine(
        notices=notices, store=subscriptions, lanes=lanes, directory=directory, attempts=attempts, prompt=prompt
    )
    dispatcher = _dispatcher(subscriptions, directory, ledger, lanes, engine, notices)
    verifying = Verifying(store, subscriptions=subscriptions, lanes=lanes, send=send, look=engine.look)
    making = Making(
        store=store,
        subscriptions=subscriptions,
        ledger=ledger,
        check_url=partial(check_url, allowed=settings.allow_networks),
        consent=Consent(session, tokens, settings.public_url),
        verifying=verifying,
        trust=early.trust,
        room=Room(directory),
        look=engine.look,
        announce=notices.announce,
    )
    api = SubscriptionsApi(
        guard=guard,
        idempotency=idempotency,
        store=subscriptions,
        making=making,
        verifying=verifying,
        lanes=lanes,
        ledger=ledger,
        sent=Sent(store),
        log=AttemptLog(store),
        directory=directory,
        send=send,
        as_sent=AsSent(preparation=preparation, ledger=ledger, request=send.request),
        look=engine.look,
    )
    return Webhooks(
        preparation=preparation,
        dispatcher=dispatcher,
        engine=engine,
        verifying=verifying,
        api=api,
        early=early.tick,
        early_routes=EarlyRoutes(guard, early),
        undelivered=partial(undelivered, store, subscriptions),
        signing=SigningKeysApi(guard=guard, idempotency=idempotency, keys=signing_keys, seal=subscriptions.seal),
    )


def _dispatcher(
    store: SubscriptionStore,
    directory: Directory,
    ledger: LedgerReader,
    lanes: Lanes,
    engine: Engine,
    notices: Notices,
) -> Dispatcher:
    missed = Missing(store=store, lanes=lanes, directory=directory, ledger=ledger, notices=notices, clock=time)
    lease = Lease(store, f"{os.uname().nodename}-{os.getpid()}-{secrets.token_hex(4)}")
    return Dispatcher(
        store=store,
        directory=directory,
        ledger=ledger,
        engine=engine,
        missed=missed,
        lease=lease,
        filling=Filling(store=store, lanes=lanes, engine=engine, missed=missed, lease=lease),
        healing=Healing(store=store, lanes=lanes, directory=directory, missed=missed),
    )
