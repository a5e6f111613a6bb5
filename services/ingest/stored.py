"""A source's settings as they are stored, its secrets sealed; when they are read and written is left to the store."""

from __future__ import annotations

from functools import lru_cache

import orjson

from services.ingest.source import SECRETS, Settings
from shared.sealing import Sealer, SealError, is_sealed


def written(settings: Settings, seals: Sealer) -> str:
    """Return settings as they are stored; a secret that could not be opened stays as it was sealed."""
    plain = {name: secret for name in SECRETS if (secret := getattr(settings, name)) and not is_sealed(secret)}
    sealed = {name: seals.seal(secret.encode(), _about(name, settings.id)) for name, secret in plain.items()}
    return settings.model_copy(update=sealed).model_dump_json()


@lru_cache(maxsize=1_000)
def read(text: str, seals: Sealer) -> Settings:
    """Read stored settings; they are asked for with every push and hardly ever change.

    A secret that cannot be opened stays sealed, so that nothing written later loses it; the settings then are shut.
    """
    settings = Settings.model_validate(orjson.loads(text))
    return settings.model_copy(update={name: _opened(name, settings, seals) for name in SECRETS})


def is_whole(text: str) -> bool:
    """Tell whether all secrets in stored settings are sealed, as those of before sealing are not."""
    settings = orjson.loads(text)
    return all(is_sealed(secret) for name in SECRETS if (secret := settings.get(name)))


def _opened(name: str, settings: Settings, seals: Sealer) -> str | None:
    secret: str | None = getattr(settings, name)
    if secret is None or not is_sealed(secret):
        return secret
    try:
        return seals.open(secret, _about(name, settings.id)).decode()
    except SealError:
        return secret


def _about(name: str, source_id: str) -> str:
    return f"the {name} of source {source_id}"
