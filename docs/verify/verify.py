"""Verify a webhook: v1 with the subscription's secret (whsec_…), v1a with the publisher's public key (whpk_…).

    python verify.py KEY WEBHOOK-ID WEBHOOK-TIMESTAMP WEBHOOK-SIGNATURE < body

The public keys are the `whpk` members of /.well-known/jwks.json; v1a needs `pip install cryptography`.
"""

import base64
import hashlib
import hmac
import sys
import time

TOLERANCE = 300  # seconds


def verify(key: str, message: str, timestamp: str, signatures: str, body: bytes) -> bool:
    """Tell whether a request is from the publisher, unchanged and of the last five minutes."""
    if not timestamp.isascii() or not timestamp.isdigit() or abs(time.time() - int(timestamp)) > TOLERANCE:
        return False
    signed = f"{message}.{timestamp}.".encode() + body
    kind, _, text = key.partition("_")
    raw = base64.b64decode(text)
    for one in signatures.split(" "):
        version, _, signature = one.partition(",")
        if kind == "whsec" and version == "v1":
            expected = base64.b64encode(hmac.new(raw, signed, hashlib.sha256).digest()).decode()
            if hmac.compare_digest(expected.encode(), signature.encode()):
                return True
        if kind == "whpk" and version == "v1a" and by_public_key(raw, signature, signed):
            return True
    return False


def by_public_key(raw: bytes, signature: str, signed: bytes) -> bool:
    """Tell whether an ed25519 signature is the key's."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(raw).verify(base64.b64decode(signature), signed)
    except (InvalidSignature, ValueError):
        return False
    return True


if __name__ == "__main__":
    sys.exit(0 if verify(*sys.argv[1:5], sys.stdin.buffer.read()) else 1)
