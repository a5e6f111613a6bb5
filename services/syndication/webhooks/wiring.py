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
from services.syndication.webhooks.attempts import Attempts, Early
from services.syndication.webhooks.deliver import Sender
from services.syndication.webhooks.directory import Directory
from services.syndication.webhooks.dispatcher import Dispatcher
from services.syndication.webhooks.early import wiring as early_wiring
from services.syndication.webhooks.early.api import EarlyRoutes
from services.syndication.webhooks.early.trust import Trust
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

    async def engines(self) -> int:
        """Return how many replicas run, this one among them until it has stopped. Raises RedisError."""
        return await self.api.store.engines()

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
    subscriptions, preparation = SubscriptionStore(store, seals), Preparation(ledger, settings.public_url, time)
    base = _Base(
        settings=settings,
        store=store,
        ledger=ledger,
        session=session,
        guard=guard,
        idempotency=idempotency,
        subscriptions=subscriptions,
        lanes=Lanes(store.beside(), patience),
        directory=Directory(subscriptions),
    )
    signing_keys, tokens = SigningKeys(store, seals, time), AccessTokens(session)
    send = Sender(session=session, tokens=tokens, signing_keys=signing_keys, site=settings.public_url)
    early, notices = _early(base), Notices(store=subscriptions, lanes=base.lanes, directory=base.directory)
    engine = _engine(base, preparation, early.sending, send, notices, prompt)
    verifying = Verifying(store, subscriptions=subscriptions, lanes=base.lanes, send=send, look=engine.look)
    making = _making(base, tokens, verifying, early.trust, engine, notices)
    return Webhooks(
        preparation=preparation,
        dispatcher=_dispatcher(base, engine, notices),
        engine=engine,
        verifying=verifying,
        api=_api(base, making, verifying, preparation, send, engine),
        early=early.tick,
        early_routes=EarlyRoutes(guard, early),
        undelivered=partial(undelivered, store, subscriptions),
        signing=SigningKeysApi(guard=guard, idempotency=idempotency, keys=signing_keys, seal=subscriptions.seal),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Base:
    """What nearly all parts are built on."""

    settings: Settings
    store: Store
    ledger: LedgerReader
    session: Session
    guard: Guard
    idempotency: Idempotency
    subscriptions: SubscriptionStore
    lanes: Lanes
    directory: Directory


def _early(base: _Base) -> early_wiring.EarlyDelivery:
    return early_wiring.create(
        store=base.store,
        subscriptions=base.subscriptions,
        lanes=base.lanes,
        directory=base.directory,
        reader=base.ledger,
        site=base.settings.public_url,
    )


def _engine(base: _Base, preparation: Preparation, early: Early, send: Sender, notices: Notices, prompt: int) -> Engine:
    attempts = Attempts(
        directory=base.directory,
        preparation=preparation,
        early=early,
        send=send,
        random=random.random,
        clock=time,
    )
    return Engine(
        notices=notices,
        store=base.subscriptions,
        lanes=base.lanes,
        directory=base.directory,
        attempts=attempts,
        prompt=prompt,
    )


def _making(
    base: _Base, tokens: AccessTokens, verifying: Verifying, trust: Trust, engine: Engine, notices: Notices
) -> Making:
    return Making(
        store=base.store,
        subscriptions=base.subscriptions,
        ledger=base.ledger,
        check_url=partial(check_url, allowed=base.settings.allow_networks),
        consent=Consent(base.session, tokens, base.settings.public_url),
        verifying=verifying,
        trust=trust,
        room=Room(base.directory),
        look=engine.look,
        announce=notices.announce,
    )


def _api(
    base: _Base, making: Making, verifying: Verifying, preparation: Preparation, send: Sender, engine: Engine
) -> SubscriptionsApi:
    return SubscriptionsApi(
        guard=base.guard,
        idempotency=base.idempotency,
        store=base.subscriptions,
        making=making,
        verifying=verifying,
        lanes=base.lanes,
        ledger=base.ledger,
        sent=Sent(base.store),
        log=AttemptLog(base.store),
        directory=base.directory,
        send=send,
        as_sent=AsSent(preparation=preparation, ledger=base.ledger, request=send.request),
        look=engine.look,
    )


def _dispatcher(base: _Base, engine: Engine, notices: Notices) -> Dispatcher:
    store, lanes, directory, ledger = base.subscriptions, base.lanes, base.directory, base.ledger
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
