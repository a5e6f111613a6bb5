"""Client certificates for mutual TLS: checked when they are given, made into TLS contexts when they are used."""

from __future__ import annotations

import os
import secrets
import ssl
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509 import load_pem_x509_certificates

if TYPE_CHECKING:
    from collections.abc import Mapping

PrivateKey = RSAPrivateKey | EllipticCurvePrivateKey | Ed25519PrivateKey | Ed448PrivateKey
MOST_BITS = 4096

KEPT_CONTEXTS = 256
"""Of certificates in use: a context costs milliseconds to make, and its connections are kept with it."""


class CertificateError(ValueError):
    """A client certificate cannot be used; the message says why, and shows no key."""


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """A certificate chain, the client's own first, and its private key without a password, both in PEM."""

    chain: str
    key: str = field(repr=False)

    def check(self, now: datetime) -> None:
        """Raise CertificateError unless the two belong together and are in their time."""
        try:
            certificate = load_pem_x509_certificates(self.chain.encode())[0]
        except ValueError:
            raise CertificateError("the certificate is not PEM") from None
        if _spki(_private(self.key)) != _subject_spki(certificate.public_key()):
            raise CertificateError("the private key is not the certificate's")
        if not certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc:
            raise CertificateError("the certificate is not in its time")

    def about(self) -> Mapping[str, str]:
        """Return what may be shown: whose it is, until when, and its SHA-256."""
        certificate = load_pem_x509_certificates(self.chain.encode())[0]
        return {
            "subject": certificate.subject.rfc4514_string(),
            "not_after": certificate.not_valid_after_utc.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "sha256": certificate.fingerprint(SHA256()).hex(),
        }


@lru_cache(maxsize=KEPT_CONTEXTS)
def context_of(certificate: ClientCertificate) -> ssl.SSLContext:
    """Return a context that shows the certificate, and checks servers as any other does. Raises CertificateError.

    The module that makes it reads files alone: the key is written encrypted under a password of this moment.
    """
    context = ssl.create_default_context()
    password = secrets.token_bytes(32).hex()
    key = _private(certificate.key).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(password.encode())
    )
    file, path = tempfile.mkstemp(prefix="wireroom-")
    try:
        with os.fdopen(file, "wb") as written:
            written.write(certificate.chain.encode() + b"\n" + key)
        context.load_cert_chain(path, password=password)
    except ssl.SSLError:
        raise CertificateError("the certificate cannot be used") from None
    finally:
        Path(path).unlink()
    return context


def _private(text: str) -> PrivateKey:
    try:
        # The library's own check of an RSA key looks for primes: one of 15 KB held everything up for minutes.
        key = load_pem_private_key(text.encode(), password=None, unsafe_skip_rsa_key_validation=True)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise CertificateError("the private key is not PEM without a password") from None
    if isinstance(key, RSAPrivateKey) and not _is_sound(key):
        raise CertificateError(f"the private key is not an RSA key of up to {MOST_BITS} bits")
    if not isinstance(key, PrivateKey):
        raise CertificateError("the private key is neither RSA, ECDSA nor EdDSA")
    return key


def _is_sound(key: RSAPrivateKey) -> bool:
    """Tell whether the numbers of a key belong together, and none is so large that to sign with it would take long."""
    if key.key_size > MOST_BITS:
        return False
    own = key.private_numbers()
    n, e = own.public_numbers.n, own.public_numbers.e
    return own.p * own.q == n and own.d < n and own.dmp1 < own.p and own.dmq1 < own.q and own.iqmp < own.p and e < n


def _spki(key: PrivateKey) -> bytes:
    return _subject_spki(key.public_key())


def _subject_spki(key: object) -> bytes:
    spki: bytes = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)  # type: ignore[attr-defined]
    return spki
