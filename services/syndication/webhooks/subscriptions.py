"""What one receiver asked for, its secrets, its forms in storage and over the API; input is checked elsewhere."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import orjson

from services.syndication.webhooks.choices import CHOICES, Choices
from services.syndication.webhooks.credentials import NONE, Credentials
from services.syndication.webhooks.matching import Wish
from services.syndication.webhooks.message import EXIT
from services.syndication.webhooks.pacing import PACING, Pacing, read_pacing
from services.syndication.webhooks.sending import PLAIN, Sending
from services.syndication.webhooks.sign import key_of
from services.syndication.within import allows, asked
from shared.events import Article, Reuse
from shared.query import Query, QueryError, parse
from shared.retry import STANDARD, Schedule
from shared.sealing import Sealer, SealError, is_sealed
from shared.times import rfc3339_of

Status = Literal["active", "disabled", "paused", "pending", "starting"]
"""What is due waits while disabled (the receiver said 410 Gone), paused (its owner asked), pending (the receiver is not
verified yet) or starting (it is being made), and flows after."""

HealthType = Literal[
    "subscription.failing",
    "subscription.disabled",
    "subscription.recovered",
    "subscription.exhausted",
    "subscription.created",
    "subscription.updated",
    "subscription.deleted",
    "subscription.*",
]
"""What may be asked for besides the types of articles' events, and is sent to nobody who did not ask for it."""

UNBEGUN: tuple[Status, ...] = ("pending", "starting")

OVERLAP_SECONDS = 86_400
"""For so long a secret signs beside the one that replaced it, unless another time is asked for."""

MOST_OLD = 10
"""Secrets that still sign beside the current one: each makes every request longer."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A `whsec_` secret; `until` is the Unix time at which it stops signing, None for the current one."""

    text: str = field(repr=False)
    until: float | None = None


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """One receiver; `number` is small and never given twice, `types` None means every type.

    `shut` says why its secrets and credentials could not be opened: nothing can be sent until they are. `within` is
    the query that bounds its owner, and `most` how much of an article they may have, as their record has it: neither is
    kept here. `mark` tells what it was read from, and `failing_since` (RFC 3339) since when nothing but failures came.
    """

    id: str
    number: int
    url: str
    filter: str = ""
    types: tuple[str, ...] | None = None
    description: str = ""
    owner: str | None = None
    created_at: str
    secrets: tuple[Secret, ...]
    credentials: Credentials = NONE
    sending: Sending = PLAIN
    schedule: Schedule = STANDARD
    pacing: Pacing = PACING
    choices: Choices = CHOICES
    status: Status = "active"
    reason: str | None = None
    shut: str | None = None
    within: str = ""
    most: Reuse = "full"
    mark: str = field(default="", compare=False, repr=False)
    failing_since: str | None = field(default=None, compare=False)

    @property
    def query(self) -> Query:
        """Return what it is sent by: its filter, within what its owner may have. Raises QueryError."""
        return asked(self.filter, self.within)

    @property
    def sees(self) -> Reuse | None:
        """Return how much of an article its filter is asked of: the operator's own of all of it."""
        return None if self.owner is None else self.most

    @property
    def told(self) -> Reuse:
        """Return how much of an article it is told the words of that matched: what its receiver may have."""
        return self.sending.cut.reuse if self.owner is None else self.most

    @cached_property
    def alike(self) -> str:
        """Return what those have in common who are told the same of an article that they match."""
        return "\n".join((self.filter, self.within, self.sees or "", self.told))

    @property
    def wish(self) -> Wish:
        """Return what it is sent: of the ledger nothing new, where its filter cannot be read any more."""
        try:
            return Wish(self.query, self.types, self.sees, self.told)
        except QueryError:
            return Wish(None, self.types)

    def sending_of(self, matched: bytes) -> Sending:
        """Return how a message is sent: what is no longer within what its owner may have is named, and no more."""
        beyond = bool(self.within) and matched == EXIT
        return self.bound.changed({"payload": "full", "fields": ()}) if beyond else self.bound

    @cached_property
    def bound(self) -> Sending:
        """Return how messages are sent: as it was asked, with no more of an article than its owner may have by now.

        Whoever asked: an operator makes and changes subscriptions of consumers, too.
        """
        return self.sending if self.most == "full" else self.sending.bounded(self.most)

    def lets(self, article: Article, type: str) -> bool:
        """Tell whether an article may be shown to its receiver by what its owner may have now."""
        return allows(self._bounds, article, type)

    @cached_property
    def _bounds(self) -> Query | None:
        return parse(self.within) if self.within else None

    def is_followed_by(self, type: str, article: Article | None) -> bool:
        """Tell whether an event goes to it because it got the article before, whatever its filter says.

        A retraction does, and word that the newsroom withholds it, where its type is asked for.
        """
        withheld = article is not None and article.status == "withheld"
        return type == "article.retracted" or (withheld and self.wants(type))

    def told_of_exits(self, type: str) -> bool:
        """Tell whether an event of this type is to say that its article left the filter."""
        return self.choices.exit_notices and self.wants(type)

    @cached_property
    def _keys(self) -> tuple[tuple[bytes, float | None], ...]:
        if self.shut is not None:
            raise SealError(self.shut)
        return tuple((key_of(secret.text), secret.until) for secret in self.secrets)

    @property
    def limits(self) -> str:
        """Return what the lanes' scripts read: its pace, and whether what may have arrived is never sent again."""
        return f"{self.pacing.limits} once" if self.choices.delivery == "at-most-once" else self.pacing.limits

    def wants(self, type: str) -> bool:
        """Tell whether it asked for messages of a type."""
        health = type.startswith("subscription.")
        if self.types is None:
            return not health
        return type in self.types or (health and "subscription.*" in self.types)

    def keys(self, now: float) -> list[bytes]:
        """Return the keys that sign at Unix time `now`, the current one first. Raises SealError when it is shut."""
        return [key for key, until in self._keys if until is None or now < until]

    def rotated(self, secret: str, now: float, overlap: float = OVERLAP_SECONDS) -> tuple[Secret, ...] | None:
        """Return the secrets after a rotation: the new one, and those before it while they overlap; None: too many."""
        before = [Secret(old.text, now + overlap if old.until is None else old.until) for old in self.secrets]
        still = [old for old in before if old.until is not None and now < old.until]
        return None if len(still) > MOST_OLD else (Secret(secret), *still)

    def public(self, *, secret: bool = False) -> dict[str, Any]:
        """Return what the API shows; credentials stay hidden, the secret too unless asked for."""
        shown: dict[str, Any] = {
            "id": self.id,
            "url": self.url,
            "filter": self.filter,
            "within": self.within or None,
            "types": self.types,
            "status": self.status,
            "reason": self.reason,
            "failing_since": self.failing_since,
            "description": self.description,
            "owner": self.owner,
            "created_at": self.created_at,
            **self.bound.public(),
            **self.credentials.public(),
            "schedule": self.schedule,
            **self.pacing.public(),
            **self.choices.public(),
        }
        return {**shown, "secret": self.secrets[0].text} if secret else shown


MARKED = (b"settings", b"secrets", b"credentials")
"""What only this API writes, and no two changes at once; the rest of the hash is the lanes'."""

SETTINGS = ("url", "filter", "types", "description", "owner", "created_at", "schedule", "number")


def pack(subscription: Subscription, sealer: Sealer) -> dict[str, str | bytes]:
    """Return the fields of the stored hash; those of the lanes are not among them."""
    settings = {name: getattr(subscription, name) for name in SETTINGS}
    settings |= {"pacing": subscription.pacing.public(), "sending": subscription.sending.public()}
    settings["choices"] = subscription.choices.public()
    secrets = [[secret.text, secret.until] for secret in subscription.secrets]
    return {
        "settings": orjson.dumps(settings),
        "limits": subscription.limits,
        "secrets": _sealed(secrets, _secrets_of(subscription.id), sealer),
        "credentials": _sealed(subscription.credentials.stored(), _credentials_of(subscription.id), sealer),
        "status": subscription.status,
        "reason": subscription.reason or "",
    }


def unpack(id: str, fields: Mapping[bytes, bytes], sealer: Sealer) -> Subscription:
    """Read a subscription from its stored hash; one whose secrets cannot be opened is shut, and says why."""
    settings = orjson.loads(fields[b"settings"])
    types = settings.pop("types")
    # Before anything was sealed, the headers stood among the settings.
    credentials: dict[str, Any] = {"headers": settings.pop("headers", ())}
    secrets, shut = [], None
    try:
        secrets = _opened(fields[b"secrets"], _secrets_of(id), sealer)
        if b"credentials" in fields:
            credentials = _opened(fields[b"credentials"], _credentials_of(id), sealer)
    except SealError as error:
        shut = str(error)
    return Subscription(
        **{
            **settings,
            "types": None if types is None else tuple(types),
            "sending": Sending.read(settings.get("sending", {})),
            "schedule": tuple(settings["schedule"]),
            "pacing": read_pacing(settings.get("pacing", {})),
            "choices": Choices.read(settings.get("choices", {})),
        },
        id=id,
        secrets=tuple(Secret(text, until) for text, until in secrets),
        credentials=Credentials.read(credentials),
        status=fields[b"status"].decode(),  # type: ignore[arg-type]  # only `pack` and the lane scripts write it
        reason=fields.get(b"reason", b"").decode() or None,
        shut=shut,
        failing_since=_failing_since(fields),
        mark=hashlib.sha1(b"".join(fields.get(name, b"") for name in MARKED), usedforsecurity=False).hexdigest(),
    )


def _failing_since(fields: Mapping[bytes, bytes]) -> str | None:
    """Return since when nothing but failures came, as the lanes keep it: Unix ms, 0 when the last one arrived.

    A new address has the trouble of the one before until something arrives there, but no failures of its own.
    """
    trouble = orjson.loads(fields.get(b"trouble") or b'{"since":0}')
    failed = trouble["since"] and (trouble["streak"] or fields[b"status"] == b"disabled")
    return rfc3339_of(trouble["since"] / 1000) if failed else None


def is_whole(fields: Mapping[bytes, bytes]) -> bool:
    """Tell whether a stored subscription has its secrets sealed, as those made before sealing have not."""
    return is_sealed(fields[b"secrets"].decode()) and b"credentials" in fields


def _sealed(content: Any, about: str, sealer: Sealer) -> str:
    return sealer.seal(orjson.dumps(content), about)


def _opened(stored: bytes, about: str, sealer: Sealer) -> Any:
    text = stored.decode()
    return orjson.loads(sealer.open(text, about) if is_sealed(text) else text)


def _secrets_of(id: str) -> str:
    return f"the secrets of {id}"


def _credentials_of(id: str) -> str:
    return f"the credentials of {id}"
