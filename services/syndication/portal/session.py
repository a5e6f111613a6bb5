"""Sessions of the portal: who signed in, and until when, in a signed cookie; nothing is kept, and no key is in it."""

from __future__ import annotations

import hmac
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256

import orjson

from shared.auth import Admin, Consumer, Principal
from shared.events import Reuse

COOKIE = "wireroom-portal"
SECONDS = 3600
LONGEST = 1024
SIGNED = re.compile(r"([A-Za-z0-9_-]{1,900})\.([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody signed in.

    `standing` is a mark of the key they signed in with: it differs once the key is another, and the session is over.
    `nonce` tells this session's forms from any other's. `reuse` is not in the cookie: it is what they may by now.
    """

    consumer: str | None
    standing: str
    nonce: str
    until: int
    reuse: Reuse = "full"

    @property
    def who(self) -> Principal:
        """Return whose session it is."""
        return Admin() if self.consumer is None else Consumer(self.consumer, self.reuse)


def begun(who: Principal, standing: str, now: float) -> Session:
    """Return a new session."""
    consumer = who.id if isinstance(who, Consumer) else None
    return Session(consumer, standing, secrets.token_urlsafe(12), int(now) + SECONDS)


def sealed(session: Session, key: bytes) -> str:
    """Return the cookie's value."""
    plain = orjson.dumps([session.consumer, session.standing, session.nonce, session.until])
    packed = urlsafe_b64encode(plain).rstrip(b"=").decode()
    return f"{packed}.{_signature(key, packed)}"


def opened(value: str, key: bytes, now: float) -> Session | None:
    """Return the session of a cookie; None where it is not ours, or over."""
    found = SIGNED.fullmatch(value) if len(value) <= LONGEST else None
    if found is None or not hmac.compare_digest(found[2], _signature(key, found[1])):
        return None
    session = Session(*orjson.loads(urlsafe_b64decode(found[1] + "==")))
    return session if now < session.until else None


def form_mark(session: Session, key: bytes) -> str:
    """Return what every form of a session carries, so that no other site can send one in its name."""
    return _signature(key, f"form {session.nonce}")


def _signature(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), sha256).hexdigest()
