"""Tells whether a hub's push was made with the secret it was given (WebSub section 7.1.1)."""

from __future__ import annotations

import hmac
import re

SIGNATURE = re.compile(r"(sha1|sha256|sha384|sha512)=([0-9a-fA-F]{40,128})")


def is_signed(secret: str, body: bytes, header: str) -> bool:
    """Check `X-Hub-Signature: method=hex`, an HMAC of the body, in constant time."""
    found = SIGNATURE.fullmatch(header.strip())
    if found is None:
        return False
    return hmac.compare_digest(hmac.new(secret.encode(), body, found[1]).hexdigest(), found[2].lower())
