"""Seals secrets before they are stored and opens them again; where the key comes from and what is sealed is told it."""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.kept import kept

KEY_FILE = "secret-key"
MARK = "sealed1"
"""What sealed text begins with: the form it has, should there ever be another."""

_NONCE = 12


class SealError(ValueError):
    """Sealed text cannot be opened: it was sealed under a key that is not at hand, for something else, or changed."""


class Sealer:
    """AES-256-GCM under keys derived from long random texts: the first one seals, every one opens."""

    def __init__(self, texts: Sequence[str]) -> None:
        keys = [_derived(text) for text in texts]
        self._ciphers = {_name(key): AESGCM(key) for key in keys}
        self._first = _name(keys[0])

    def seal(self, plain: bytes, about: str) -> str:
        """Return `plain` as text that only `open` with the same `about` reads: sealed text moved elsewhere is none."""
        nonce = os.urandom(_NONCE)
        sealed = self._ciphers[self._first].encrypt(nonce, plain, about.encode())
        return f"{MARK}.{self._first}.{urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, about: str) -> bytes:
        """Return what was sealed; raises SealError."""
        mark, _, rest = sealed.partition(".")
        name, _, text = rest.partition(".")
        cipher = self._ciphers.get(name)
        if mark != MARK or cipher is None:
            raise SealError(f"{about} was sealed under another key; is WIREROOM_SECRET_KEY the one it was?")
        try:
            held = urlsafe_b64decode(text)
            return cipher.decrypt(held[:_NONCE], held[_NONCE:], about.encode())
        except (InvalidTag, ValueError):
            raise SealError(f"{about} is not as it was sealed") from None


def is_sealed(text: str) -> bool:
    """Tell sealed text from what was stored before anything was sealed."""
    return text.startswith(f"{MARK}.")


def sealer(texts: Sequence[str], data_dir: Path) -> Sealer:
    """Return the sealer of the given keys, or of the one kept in the data folder. Raises OSError."""
    return Sealer(texts or (kept(data_dir / KEY_FILE)[0],))


def _derived(text: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"wireroom sealing 1").derive(text.encode())


def _name(key: bytes) -> str:
    """Name a key, so that the right one of several is taken; tells nothing of it."""
    return blake2b(key, digest_size=4, person=b"wireroom-key").hexdigest()
