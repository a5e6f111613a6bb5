"""Checks requests as a receiver does, by a secret or by the publisher's public keys; asks nobody for them itself."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

TOLERANCE_SECONDS = 300
PREFIX, PUBLIC_PREFIX = "whsec_", "whpk_"


class VerificationError(ValueError):
    """A request is not what it says: the message tells which part."""


Check = Callable[[bytes, Mapping[str, str]], None]
"""Takes what was signed and the headers; raises VerificationError when no signature fits."""


def verify(checks: Sequence[Check], headers: Mapping[str, str], body: bytes, now: float) -> None:
    """Check a request as the Standard Webhooks specification says ("Verifying signatures"); `now` in Unix seconds.

    Raises VerificationError: a header is missing, the time is off by more than five minutes, no signature fits.
    """
    try:
        message, stamp, _ = (headers[f"webhook-{name}"] for name in ("id", "timestamp", "signature"))
        moment = int(stamp)
    except (KeyError, ValueError):
        raise VerificationError("the webhook-… headers are missing or malformed") from None
    if abs(now - moment) > TOLERANCE_SECONDS:
        raise VerificationError("the timestamp is more than five minutes off")
    for check in checks:
        check(f"{message}.{stamp}.".encode() + body, headers)


def by_secret(key: bytes) -> Check:
    """Return the check of v1 signatures."""

    def check(signed: bytes, headers: Mapping[str, str]) -> None:
        wanted = b"v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256))
        if not any(hmac.compare_digest(one.encode(), wanted) for one in headers["webhook-signature"].split(" ")):
            raise VerificationError("no signature fits the secret")

    return check


def by_public_keys(read: Callable[[], Sequence[str]]) -> Check:
    """Return the check of v1a signatures; `read` gives the publisher's `whpk_` keys, asked again when none fits."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415  # slow to load, and mostly not needed
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415

    known: list[Ed25519PublicKey] = []

    def fits(signed: bytes, given: str) -> bool:
        for one in given.split(" "):
            for key in known if one.startswith("v1a,") else ():
                with suppress(InvalidSignature, ValueError):
                    key.verify(base64.b64decode(one[4:]), signed)
                    return True
        return False

    def check(signed: bytes, headers: Mapping[str, str]) -> None:
        given = headers["webhook-signature"]
        if fits(signed, given):
            return
        found = (base64.b64decode(key.removeprefix(PUBLIC_PREFIX)) for key in read())
        known[:] = [Ed25519PublicKey.from_public_bytes(key) for key in found]
        if not fits(signed, given):
            raise VerificationError("no signature fits the publisher's keys")

    return check
