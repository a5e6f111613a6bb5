"""A secret kept in a file only its owner can read, made by whoever needs it first; what it is for is its user's."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def kept(path: Path) -> tuple[str, bool]:
    """Return the secret in a file and whether it was made just now. Raises OSError.

    It is written whole to a draft and then linked, so that services that start together agree on one.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    made = secrets.token_urlsafe(32)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    draft.touch(mode=0o600)
    draft.write_text(made + "\n")
    try:
        os.link(draft, path)
    except FileExistsError:
        return path.read_text().strip(), False
    finally:
        draft.unlink()
    return made, True
