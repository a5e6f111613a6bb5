"""Moves files that cannot be taken out of the way, each with its reason beside it; never through a link."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from services.ingest.drop.files import ERROR, REJECTED, Found, opened, stamp_of

LONGEST = 200
"""Bytes of a name that has room for a number and an ending (a file system's limit is 255)."""

NUMBERS = 1_000


def set_aside(root: Path, file: Found, reason: str) -> str | None:
    """Move a file to `rejected` beside it and write there why; return its new place.

    None when it changed meanwhile: it is another file then, to be looked at anew. Raises OSError where the folder
    cannot be written to.
    """
    with opened(root, file.folder) as place:
        with suppress(FileExistsError):
            os.mkdir(REJECTED, dir_fd=place)
        rejected = os.open(REJECTED, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=place)
        try:
            if stamp_of(os.stat(file.raw, dir_fd=place, follow_symlinks=False)) != file.stamp:
                return None
            name = _free(file.raw, rejected)
            _tell(name, file, reason, rejected)
            os.rename(file.raw, name, src_dir_fd=place, dst_dir_fd=rejected)
        finally:
            os.close(rejected)
    return os.path.join(file.folder, REJECTED, os.fsencode(name).decode("utf-8", "backslashreplace"))  # noqa: PTH118


def tell_beside(root: Path, file: Found, reason: str) -> None:
    """Write beside a file why it is not taken. Raises OSError."""
    with opened(root, file.folder) as place:
        _tell(_short(file.raw), file, reason, place)


def forget_reasons(root: Path, file: Found) -> None:
    """Take away the reasons written for a file that was taken since. Raises OSError."""
    with opened(root, file.folder) as place:
        name = _short(file.raw)
        with suppress(FileNotFoundError):
            os.unlink(name + ERROR, dir_fd=place)
        if not _exists(REJECTED, place):
            return
        rejected = os.open(REJECTED, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=place)
        try:
            if not _exists(name, rejected):
                with suppress(FileNotFoundError):
                    os.unlink(name + ERROR, dir_fd=rejected)
        finally:
            os.close(rejected)


def _tell(name: str, file: Found, reason: str, place: int) -> None:
    """Write into a new file that is then moved: a link or FIFO that bears the name is replaced, never followed."""
    draft = f".{secrets.token_hex(8)}{ERROR}"
    text = f"{file.name.rpartition('/')[2]} {reason}\n"
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644, dir_fd=place)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as stream:
            stream.write(text)
        os.rename(draft, name + ERROR, src_dir_fd=place, dst_dir_fd=place)
    except OSError:
        with suppress(OSError):
            os.unlink(draft, dir_fd=place)
        raise


def _free(raw: str, place: int) -> str:
    """Return the name, with a number before its ending where it is taken."""
    short = _short(raw)
    stem, suffix = os.path.splitext(short)  # noqa: PTH122  # a name, not a path
    numbered = (f"{stem}.{number}{suffix}" for number in range(2, NUMBERS))
    free = next((name for name in (short, *numbered) if not _exists(name, place)), None)
    return free or f"{stem}.{secrets.token_hex(8)}{suffix}"


def _short(raw: str) -> str:
    return raw if len(os.fsencode(raw)) <= LONGEST else os.fsdecode(os.fsencode(raw)[:LONGEST])


def _exists(name: str, place: int) -> bool:
    try:
        os.stat(name, dir_fd=place, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True
