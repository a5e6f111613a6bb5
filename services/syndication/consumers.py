"""Consumers and their keys: made, listed, changed, taken away; a key is shown once and kept as its hash."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

import orjson

from shared.auth import digest
from shared.slugs import slug
from shared.times import rfc3339


@dataclass(frozen=True, slots=True, kw_only=True)
class NewConsumer:
    """A consumer just made, with the key that is never shown again.

    `terms` are `query` and `reuse`: what it may have at most, and `embargo`: whether it may have that early.
    """

    id: str
    name: str
    key: str
    created_at: str
    terms: Mapping[str, str]

    def kept(self) -> bytes:
        """Return what is stored: no key, only its hash."""
        plain = {"name": self.name, "key": digest(self.key), "created_at": self.created_at}
        return orjson.dumps(plain | dict(self.terms))


def new_consumer(name: str, now: datetime, terms: Mapping[str, str] = MappingProxyType({})) -> NewConsumer:
    """Make a consumer: an id from its name with a random end, and a random key that carries the id."""
    stem = slug(name)[:32].strip("-") or "consumer"
    consumer = f"{stem}-{secrets.token_hex(4)}"
    key = f"wrk_{consumer}_{secrets.token_hex(24)}"
    return NewConsumer(id=consumer, name=name, key=key, created_at=rfc3339(now), terms=terms)


def shown(consumer: str, kept: bytes) -> dict[str, str]:
    """Return what the API shows of a consumer, made before there were terms perhaps."""
    known = {"query": "", "reuse": "full", **orjson.loads(kept)}
    return {"id": consumer} | {name: value for name, value in known.items() if name != "key"}


def changed(kept: bytes, given: Mapping[str, str | None]) -> bytes:
    """Return what is stored of a consumer with what was given; None takes a term away."""
    known = {**orjson.loads(kept), **given}
    return orjson.dumps({name: value for name, value in known.items() if value is not None})
