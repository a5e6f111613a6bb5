"""Client certificates: what is refused when it is given, and that a server sees the one that is shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from shared.http_client import Answer, CertificateError, ClientCertificate, NoAnswer, connect, post
from shared.http_client.certificates import context_of
from tests.certificates import Authority, asking_for_certificates
from tests.syndication.webhooks.bed import LOOPBACK
from tests.waiting import PATIENCE


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


def test_a_certificate_and_its_key_in_their_time_are_taken_and_told_of(authority: Authority) -> None:
    pair = authority.certificate("wire.example")
    certificate = ClientCertificate(pair.chain, pair.key)
    certificate.check(datetime.now(UTC))
    assert certificate.about()["subject"] == "CN=wire.example"
    assert certificate.about()["not_after"].endswith("Z")
    assert pair.key not in repr(certificate)


def test_what_cannot_be_shown_is_refused_with_the_reason(authority: Authority) -> None:
    one, other = authority.certificate("one"), authority.certificate("other")
    ended = authority.certificate("ended", valid=-timedelta(hours=1))
    cases = {
        "not PEM": ClientCertificate("nonsense", one.key),
        "without a password": ClientCertificate(one.chain, "nonsense"),
        "not the certificate's": ClientCertificate(one.chain, other.key),
        "not in its time": ClientCertificate(ended.chain, ended.key),
    }
    for reason, certificate in cases.items():
        with pytest.raises(CertificateError, match=reason):
            certificate.check(datetime.now(UTC))


def rsa_key(p: int, q: int, **over: int) -> rsa.RSAPrivateKey:
    """Return a key of two primes, with no look at whether they are."""
    d = pow(65_537, -1, (p - 1) * (q - 1))
    numbers = {"p": p, "q": q, "d": d, "dmp1": d % (p - 1), "dmq1": d % (q - 1), "iqmp": pow(q, -1, p), **over}
    made = rsa.RSAPrivateNumbers(public_numbers=rsa.RSAPublicNumbers(65_537, p * q), **numbers)
    return made.private_key(unsafe_skip_rsa_key_validation=True)


def test_an_rsa_key_is_taken_without_a_search_for_primes_and_none_that_would_take_long_to_use(
    authority: Authority,
) -> None:
    usual = authority.certificate("usual", key=rsa.generate_private_key(65_537, 2048))
    ClientCertificate(usual.chain, usual.key).check(datetime.now(UTC))
    mersenne = {bits: 2**bits - 1 for bits in (521, 1279, 4253, 4423)}
    huge = rsa_key(mersenne[4253], mersenne[4423])
    odd = rsa_key(mersenne[521], mersenne[1279], dmp1=mersenne[1279])
    for key in (huge, odd):
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        with pytest.raises(CertificateError, match="not an RSA key of up to 4096 bits"):
            ClientCertificate(usual.chain, pem).check(datetime.now(UTC))


def test_a_key_of_another_kind_is_refused(authority: Authority) -> None:
    pem = X25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    with pytest.raises(CertificateError, match="neither RSA, ECDSA nor EdDSA"):
        ClientCertificate(authority.certificate("one").chain, pem).check(datetime.now(UTC))


async def test_a_server_that_asks_for_one_gets_it_and_who_has_none_is_refused(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        assert request.transport is not None
        seen.append(request.transport.get_extra_info("peercert")["subject"][0][0][1])
        return web.Response()

    runner = web.ServerRunner(web.Server(handle))
    await runner.setup()
    server = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=asking_for_certificates(authority, tmp_path))
    await server.start()
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    pair = authority.certificate("wire.example")
    shown, url = ClientCertificate(pair.chain, pair.key), f"https://127.0.0.1:{runner.addresses[0][1]}/"
    async with connect(LOOPBACK) as session:
        with_it = await post(session, url, body=b"{}", headers={}, timeout=PATIENCE, certificate=shown)
        without = await post(session, url, body=b"{}", headers={}, timeout=PATIENCE)
    await runner.cleanup()
    assert isinstance(with_it, Answer), with_it
    assert with_it.status == 200
    assert isinstance(without, NoAnswer)
    assert seen == ["wire.example"]


def test_equal_certificates_share_one_context(authority: Authority) -> None:
    pair = authority.certificate("wire.example")
    assert context_of(ClientCertificate(pair.chain, pair.key)) is context_of(ClientCertificate(pair.chain, pair.key))
