"""Standard Webhooks ids, secrets and signatures, v1 and v1a (specification 1.0.0); keeps no secrets itself."""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Iterable
from hashlib import blake2b

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PREFIX = "whsec_"
PUBLIC_PREFIX = "whpk_"
SHORTEST, LONGEST = 24, 64


class SecretError(ValueError):
    """A secret is not `whsec_` and the base64 of 24 to 64 bytes; the message never shows it."""


def webhook_id(subscription: str, article: str, version: int, kind: str = "") -> str:
    """Return the id of one version's message to one subscription: always the same, and without dots.

    `kind` tells messages apart that are not the ledger's.
    """
    told = f"\0{kind}" if kind else ""
    digest = blake2b(f"{subscription}\0{article}\0{version}{told}".encode(), digest_size=18)
    return f"msg_{urlsafe_b64encode(digest.digest()).decode()}"


def digest_id(subscription: str, events: Iterable[str]) -> str:
    """Return the id of a digest to one subscription: the same whenever it holds the same events, given by their ids."""
    digest = blake2b("\0".join((subscription, "digest", *events)).encode(), digest_size=18)
    return f"msg_{urlsafe_b64encode(digest.digest()).decode()}"


def secret_of(key: bytes) -> str:
    """Write a signing key of 24 to 64 bytes as a secret; raises SecretError for any other length."""
    _check(key)
    return PREFIX + b64encode(key).decode()


def key_of(secret: str) -> bytes:
    """Return the signing key of a secret; raises SecretError when it is not one."""
    if not secret.startswith(PREFIX):
        raise SecretError(f"a secret starts with {PREFIX}")
    try:
        key = b64decode(secret[len(PREFIX) :], validate=True)
    except ValueError:
        raise SecretError(f"a secret is {PREFIX} and base64") from None
    _check(key)
    return key


def _check(key: bytes) -> None:
    if not SHORTEST <= len(key) <= LONGEST:
        raise SecretError(f"a secret has {SHORTEST} to {LONGEST} bytes, not {len(key)}")


def signatures(keys: Iterable[bytes | Ed25519PrivateKey], id: str, timestamp: int, body: bytes) -> str:
    """Return the `webhook-signature` header: one signature for each key, a space between.

    Each is over `id.timestamp.body` ("Signature scheme"): HMAC-SHA256 by a secret's key gives `v1,<base64>`, ed25519
    by a private key gives `v1a,<base64>`. `timestamp` is in Unix seconds.
    """
    signed = b"%s.%d.%s" % (id.encode(), timestamp, body)
    return " ".join([_signature(key, signed) for key in keys])


def _signature(key: bytes | Ed25519PrivateKey, signed: bytes) -> str:
    if isinstance(key, Ed25519PrivateKey):
        return f"v1a,{b64encode(key.sign(signed)).decode()}"
    return f"v1,{b64encode(hmac.digest(key, signed, 'sha256')).decode()}"
