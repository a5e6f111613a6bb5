"""Who is asking: the admin by token, a consumer by key; the key itself is never kept."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from time import monotonic
from typing import Any, ClassVar

import orjson
import structlog
from starlette.requests import Request
from starlette.responses import Response

from shared import logs
from shared.events import Reuse
from shared.kept import kept
from shared.metrics import KEYS_REFUSED
from shared.problems import problem
from shared.redis import Store

log = structlog.get_logger()

Endpoint = Callable[[Request], Awaitable[Response]]

CONSUMERS = "consumers"
"""Hash: consumer id -> {"name", "key" (SHA-256, hex), "created_at"}."""

PRINCIPAL = "wireroom.principal"
"""Where the scope of a request made within this process says who asks; nothing from a connection gets there."""

LONGEST = 512
MARK = 16
"""Hex digits of a key's digest that tell it from another, and help nobody to find it."""

TELL_SECONDS = 60.0
"""Whoever guesses at keys is told of no more often, to leave the log readable."""

READING = frozenset(("GET", "HEAD", "OPTIONS"))
"""Methods that change nothing."""

ADMIN = "admin"
"""What the log calls who came with the token; the id of a consumer has a random end."""

TOKEN_FILE = "admin-token"  # noqa: S105  # a file's name


@dataclass(frozen=True, slots=True)
class Admin:
    """The newsroom's own operator: sees and touches everything."""

    reuse: ClassVar[Reuse] = "full"
    sees: ClassVar[Reuse | None] = None
    """How much of an article is searched for who asks: all of it, whatever its source lets go on."""


@dataclass(frozen=True, slots=True)
class Consumer:
    """A downstream system: sees and touches only what is its own, and `reuse` of each article at most."""

    id: str
    reuse: Reuse = "full"

    @property
    def sees(self) -> Reuse | None:
        """How much of an article is searched for who asks: what they may be given."""
        return self.reuse


Principal = Admin | Consumer


@dataclass(frozen=True, slots=True)
class Standing:
    """Who somebody is by now, and a mark of their key that differs once it is another."""

    who: Principal
    mark: str


def admin_token(given: str | None, data_dir: Path) -> tuple[str, bool]:
    """Return the admin token and whether it was made just now: the given one, the kept one, or a new one."""
    if given:
        return given, False
    return kept(data_dir / TOKEN_FILE)


def digest(key: str) -> str:
    """Return what is kept of a consumer's key: keys are random and long, so a plain SHA-256 is enough."""
    return hashlib.sha256(key.encode()).hexdigest()


def same(one: str, other: str) -> bool:
    """Compare what must not be guessed digit by digit."""
    return hmac.compare_digest(one.encode(), other.encode())


class Guard:
    """Tells principals apart by `Authorization: Bearer …` (RFC 6750 section 2.1)."""

    def __init__(self, store: Store, token: str, clock: Callable[[], float] = monotonic) -> None:
        self._store, self._clock = store, clock
        self._token = token.encode()
        self._refused, self._tell_after = 0, 0.0

    async def identify(self, request: Request) -> Principal | None:
        """Return who asks, or None when the key is missing or unknown. Raises RedisError for consumers' keys."""
        within: Principal | None = request.scope.get(PRINCIPAL)
        found = await self.known(_key_of(request)) if within is None else within
        if found is not None and request.method not in READING:
            logs.act_as(ADMIN if isinstance(found, Admin) else found.id)
        return found

    def is_admin(self, request: Request) -> bool:
        """Tell whether the admin token came with a request; asks no store, which may be away."""
        return hmac.compare_digest(_key_of(request).encode(), self._token)

    async def known(self, key: str) -> Principal | None:
        """Return whose key or token it is, None when it is nobody's. Raises RedisError for consumers' keys."""
        if not key:
            return None
        if hmac.compare_digest(key.encode(), self._token):
            return Admin()
        found = await self._consumer(key) if len(key) <= LONGEST else None
        if found is None:
            self._refuse()
        return found

    async def standing(self, who: Principal) -> Standing | None:
        """Return how somebody stands by now; None when they have no key any more."""
        if isinstance(who, Admin):
            return Standing(who, self.derived("standing").hex()[:MARK])
        kept = await self._store.do("HGET", CONSUMERS, who.id)
        if kept is None:
            return None
        known = orjson.loads(kept)
        return Standing(_terms(who.id, known), str(known["key"])[:MARK])

    def derived(self, purpose: str) -> bytes:
        """Return a key for one purpose, the same in every process that has the admin token."""
        return hmac.new(self._token, purpose.encode(), hashlib.sha256).digest()

    async def require_admin(self, request: Request) -> Response | None:
        """Return None for the admin, else the response that refuses."""
        who = await self.identify(request)
        if who is None:
            return self.unauthorized()
        if isinstance(who, Consumer):
            return problem(403, "this needs the admin token; a consumer's key is not enough")
        return None

    def admins(self, endpoint: Endpoint) -> Endpoint:
        """Return an endpoint that is asked by the admin alone; others get the response that refuses."""

        @wraps(endpoint)
        async def checked(request: Request) -> Response:
            refused = await self.require_admin(request)
            return refused if refused is not None else await endpoint(request)

        return checked

    def unauthorized(self) -> Response:
        """Return the 401 that asks for a key."""
        return problem(
            401,
            "a valid bearer token is needed: Authorization: Bearer …",
            headers={"www-authenticate": 'Bearer realm="wireroom"'},
        )

    def _refuse(self) -> None:
        """Count a key that is nobody's, and tell of those since the last word."""
        KEYS_REFUSED.inc()
        self._refused += 1
        if self._clock() >= self._tell_after:
            log.warning("key.refused", count=self._refused)
            self._refused, self._tell_after = 0, self._clock() + TELL_SECONDS

    async def _consumer(self, key: str) -> Consumer | None:
        prefix, _, rest = key.partition("_")
        consumer, _, _ = rest.partition("_")
        if prefix != "wrk" or not consumer:
            return None
        kept = await self._store.do("HGET", CONSUMERS, consumer)
        known: dict[str, Any] = {"key": ""} if kept is None else orjson.loads(kept)
        if not hmac.compare_digest(known["key"], digest(key)):
            return None
        return _terms(consumer, known)


def _key_of(request: Request) -> str:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def _terms(id: str, known: Mapping[str, Any]) -> Consumer:
    return Consumer(id, known.get("reuse") or "full")
