"""The publisher's ed25519 keys: made once, kept sealed, rotated with overlap, shown as a JWKS; signing is elsewhere."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.syndication.webhooks.sign import PUBLIC_PREFIX
from shared.redis import Script, Store
from shared.sealing import Sealer

KEY = "{signing}:keys"
MOST_OLD = 10


class NoSigningKeyError(RuntimeError):
    """The keys could not be read yet, or not opened; what is to be signed must wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A private key; `until` is the Unix time at which it stops signing, None for the current one."""

    private: Ed25519PrivateKey
    created_at: float
    until: float | None = None

    @property
    def public(self) -> bytes:
        """The 32 bytes that verify."""
        return self.private.public_key().public_bytes_raw()

    @property
    def jwk(self) -> dict[str, str]:
        """The public key as RFC 8037 writes it, and under `whpk` as Standard Webhooks does."""
        core = {"crv": "Ed25519", "kty": "OKP", "x": _base64url(self.public)}
        # The name is RFC 7638's thumbprint: the required members in order, without spaces.
        name = _base64url(sha256(orjson.dumps(core, option=orjson.OPT_SORT_KEYS)).digest())
        whpk = PUBLIC_PREFIX + b64encode(self.public).decode()
        return {**core, "kid": name, "alg": "EdDSA", "use": "sig", "whpk": whpk}

    def signs(self, now: float) -> bool:
        """Tell whether it signs at Unix time `now`."""
        return self.until is None or now < self.until


# One value holds all keys, so that a rotation is one comparison and one write however many ask for it.
_SWAP = Script("""
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
""")


class SigningKeys:
    """This process's copy of the keys that all replicas share; as fresh as the last `refresh`."""

    def __init__(self, store: Store, sealer: Sealer, clock: Callable[[], float]) -> None:
        self._store, self._sealer, self._clock = store, sealer, clock
        self._kept = b""
        self._keys: tuple[SigningKey, ...] = ()
        self._signing: tuple[Ed25519PrivateKey, ...] = ()
        self._ends: float = 0

    async def refresh(self) -> None:
        """Read the keys, and make the first one where there is none. Raises RedisError, SealError."""
        kept = await self._store.do("GET", KEY)
        if kept is None:
            await self._store.do("SET", KEY, self._packed([self._new()]), "NX")
            kept = await self._store.do("GET", KEY)
        self._read(kept)

    async def rotate(self, overlap: float) -> SigningKey | None:
        """Make a new key beside which the old ones sign for `overlap` seconds more; None when too many still do.

        Raises RedisError, SealError.
        """
        while True:
            await self.refresh()
            now = self._clock()
            old = [replace(key, until=now + overlap if key.until is None else key.until) for key in self._keys]
            still = [key for key in old if key.signs(now)]
            if len(still) > MOST_OLD:
                return None
            new = self._packed([self._new(), *still])
            if await self._store.run(_SWAP, keys=[KEY], args=[self._kept, new]):
                self._read(new)
                return self._keys[0]

    def signing(self, now: float) -> Sequence[Ed25519PrivateKey]:
        """Return the keys that sign at Unix time `now`, the current one first. Raises NoSigningKeyError."""
        if not self._keys:
            raise NoSigningKeyError("the signing keys could not be read")
        if now >= self._ends:
            signing = [key for key in self._keys if key.signs(now)]
            self._signing = tuple(key.private for key in signing)
            self._ends = min((key.until for key in signing if key.until is not None), default=float("inf"))
        return self._signing

    def jwks(self, now: float) -> dict[str, Any]:
        """Return the public keys of those that sign (RFC 7517). Raises NoSigningKeyError."""
        if not self._keys:
            raise NoSigningKeyError("the signing keys could not be read")
        return {"keys": [key.jwk for key in self._keys if key.signs(now)]}

    def _new(self) -> SigningKey:
        return SigningKey(private=Ed25519PrivateKey.generate(), created_at=self._clock())

    def _packed(self, keys: Sequence[SigningKey]) -> bytes:
        return orjson.dumps(
            [[self._sealer.seal(key.private.private_bytes_raw(), KEY), key.created_at, key.until] for key in keys]
        )

    def _read(self, kept: bytes) -> None:
        if kept == self._kept:
            return
        self._keys = tuple(
            SigningKey(
                private=Ed25519PrivateKey.from_private_bytes(self._sealer.open(sealed, KEY)),
                created_at=created_at,
                until=until,
            )
            for sealed, created_at, until in orjson.loads(kept)
        )
        self._kept, self._ends = kept, 0


def _base64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
