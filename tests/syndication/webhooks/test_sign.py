"""What the signatures must be, byte for byte."""

from __future__ import annotations

import os
from base64 import b64decode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.syndication.webhooks.sign import SecretError, key_of, secret_of, signatures, webhook_id

VECTOR = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_the_published_vector_of_standard_webhooks_is_met() -> None:
    signed = signatures([key_of(VECTOR)], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_fixed_vector_of_asymmetric_signatures_is_met() -> None:
    whole = b64decode("6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==")
    key = Ed25519PrivateKey.from_private_bytes(whole[:32])
    assert key.public_key().public_bytes_raw() == whole[32:]
    signed = signatures([key], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signed == "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg=="


def test_several_keys_give_several_signatures_with_a_space_between() -> None:
    one, two = os.urandom(24), os.urandom(64)
    both = signatures([one, two], "msg_1", 1, b"{}")
    assert both.split(" ") == [signatures([one], "msg_1", 1, b"{}"), signatures([two], "msg_1", 1, b"{}")]


@pytest.mark.parametrize(
    "secret", ["", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_YWJj", "whsec_!!", VECTOR + " "]
)
def test_what_is_no_secret_is_refused_without_showing_it(secret: str) -> None:
    with pytest.raises(SecretError) as refused:
        key_of(secret)
    assert not secret or secret.removeprefix("whsec_") == "" or secret not in str(refused.value)


@pytest.mark.parametrize("size", [23, 65])
def test_a_key_has_24_to_64_bytes(size: int) -> None:
    with pytest.raises(SecretError):
        secret_of(bytes(size))


def test_an_id_is_stable_without_dots_and_differs_by_subscription_article_and_version() -> None:
    ids = {webhook_id(s, a, v) for s in ("s1", "s2") for a in ("a1", "a2") for v in (1, 2)}
    assert len(ids) == 8
    assert webhook_id("s1", "a1", 1) in ids
    assert not any("." in id for id in ids)
    assert all(id.startswith("msg_") for id in ids)
