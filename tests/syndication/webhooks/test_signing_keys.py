"""The publisher's keys: one for all replicas, sealed, rotated with overlap."""

from __future__ import annotations

import asyncio
from base64 import urlsafe_b64decode
from hashlib import sha256

import pytest

from services.syndication.webhooks.signing_keys import KEY, MOST_OLD, NoSigningKeyError, SigningKeys
from shared.redis import Store
from shared.sealing import Sealer, SealError
from tests.syndication.webhooks.bed import SEALER

DAY = 86_400


class Clock:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def public(keys: SigningKeys, now: float) -> list[bytes]:
    return [private.public_key().public_bytes_raw() for private in keys.signing(now)]


async def test_replicas_that_start_together_have_one_key_that_redis_does_not_know(store: Store) -> None:
    replicas = [SigningKeys(store, SEALER, Clock()) for _ in range(4)]
    await asyncio.gather(*(one.refresh() for one in replicas))
    assert len({one.signing(0)[0].private_bytes_raw() for one in replicas}) == 1
    assert replicas[0].signing(0)[0].private_bytes_raw() not in await store.do("GET", KEY)


async def test_before_they_are_read_nothing_is_signed_or_shown(store: Store) -> None:
    keys = SigningKeys(store, SEALER, Clock())
    with pytest.raises(NoSigningKeyError):
        keys.signing(0)
    with pytest.raises(NoSigningKeyError):
        keys.jwks(0)


async def test_a_rotated_key_signs_after_the_new_one_until_its_time_in_every_replica(store: Store) -> None:
    clock = Clock()
    one, other = SigningKeys(store, SEALER, clock), SigningKeys(store, SEALER, clock)
    await one.refresh()
    await other.refresh()
    before = public(one, clock.now)
    made = await one.rotate(DAY)
    assert made is not None
    await other.refresh()
    for keys in (one, other):
        assert public(keys, clock.now) == [made.public, *before]
        assert public(keys, clock.now + DAY - 1) == [made.public, *before]
        assert public(keys, clock.now + DAY) == [made.public]
        assert len(keys.jwks(clock.now)["keys"]) == 2
        assert len(keys.jwks(clock.now + DAY)["keys"]) == 1


async def test_rotations_at_once_all_count(store: Store) -> None:
    replicas = [SigningKeys(store, SEALER, Clock()) for _ in range(3)]
    made = await asyncio.gather(*(one.rotate(DAY) for one in replicas))
    await replicas[0].refresh()
    publics = public(replicas[0], 0)
    assert {key.public for key in made if key} <= set(publics)
    assert len(publics) == 4


async def test_no_more_old_keys_sign_than_requests_can_carry(store: Store) -> None:
    keys = SigningKeys(store, SEALER, Clock())
    for _ in range(MOST_OLD):
        assert await keys.rotate(DAY)
    assert await keys.rotate(DAY) is None
    assert len(public(keys, Clock.now)) == 1 + MOST_OLD
    without = SigningKeys(store, SEALER, Clock())
    await without.refresh()
    assert public(without, Clock.now) == public(keys, Clock.now)


async def test_a_jwk_is_named_by_its_thumbprint_and_holds_the_public_half_alone(store: Store) -> None:
    keys = SigningKeys(store, SEALER, Clock())
    await keys.refresh()
    [jwk] = keys.jwks(0)["keys"]
    assert urlsafe_b64decode(jwk["x"] + "=") == public(keys, 0)[0]
    text = f'{{"crv":"Ed25519","kty":"OKP","x":"{jwk["x"]}"}}'.encode()
    assert urlsafe_b64decode(jwk["kid"] + "=") == sha256(text).digest()
    assert "d" not in jwk


async def test_a_key_sealed_under_another_key_is_left_as_it_is(store: Store) -> None:
    await SigningKeys(store, SEALER, Clock()).refresh()
    kept = await store.do("GET", KEY)
    stranger = SigningKeys(store, Sealer(("another sealing key, as long as it must be",)), Clock())
    with pytest.raises(SealError):
        await stranger.refresh()
    assert await store.do("GET", KEY) == kept
