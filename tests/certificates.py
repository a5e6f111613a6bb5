"""An authority, and certificates by it, for tests of TLS on loopback."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Pair:
    """A certificate and its key, in PEM."""

    chain: str
    key: str


class Authority:
    """Signs what it is asked to."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Test Authority")])
        basic = x509.BasicConstraints(ca=True, path_length=None)
        built = self._builder(self._name, self._key, DAY).add_extension(basic, critical=True)
        self.pem = built.sign(self._key, SHA256()).public_bytes(Encoding.PEM).decode()

    def certificate(
        self, name: str, *, valid: timedelta = DAY, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | None = None
    ) -> Pair:
        """Return a certificate for a name, and for this machine's loopback address."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        other = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
        made = self._builder(subject, key, valid).add_extension(other, critical=False).sign(self._key, SHA256())
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return Pair(made.public_bytes(Encoding.PEM).decode(), pem.decode())

    def _builder(
        self, subject: x509.Name, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, valid: timedelta
    ) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 2 * DAY)
            .not_valid_after(now + valid)
        )


def asking_for_certificates(authority: Authority, folder: Path) -> ssl.SSLContext:
    """Return a server's context that takes clients with a certificate of the authority alone."""
    own, trusted = authority.certificate("localhost"), folder / "authority.pem"
    trusted.write_text(authority.pem)
    (folder / "server.pem").write_text(own.chain + own.key)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=trusted)
    context.load_cert_chain(folder / "server.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    return context
