"""A file of the drop folder, and reading it: only a regular one, of a bearable size, that lies in the folder itself."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from services.ingest.document import Unreadable
from shared.slugs import slug

MAX_BYTES = 10 * 1024 * 1024
ERROR = ".error.txt"
REJECTED = "rejected"
"""The folder that files which cannot be taken are moved to, beside where they lay."""

UNFINISHED = tuple("~ .part .partial .filepart .tmp .temp .swp .swx .crdownload .download .upload .uploading".split())
"""What a file is called while something is still writing it."""

NOBODYS = frozenset(("thumbs.db", "desktop.ini", "ehthumbs.db"))
DEFAULT_SOURCE = "drop"
SETTLED_SECONDS = 2.0
"""A file written this long ago is whole; a younger one must look the same twice."""

_DIGITS = re.compile(r"(\d{1,18})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A file as it stands: `folder` is the one in the drop folder it lies in, or empty.

    `name` is how it is told of, `raw` what the file system calls it. `stamp` changes when the file does; `age` is
    the seconds since it was written, `same` whether it stood so at the last look.
    """

    folder: str
    raw: str
    name: str
    stamp: str
    age: float
    same: bool = False

    @property
    def settled(self) -> bool:
        """Tell whether nothing seems to be writing it any more."""
        return self.age >= SETTLED_SECONDS or self.same

    @property
    def source_id(self) -> str:
        """Return the source that its stories are of unless they say so themselves."""
        return (slug(self.folder) if self.folder else "") or DEFAULT_SOURCE


@dataclass(frozen=True, slots=True)
class Unopened:
    """A file could not be read just now, and why, in words; another time it may."""

    reason: str


@dataclass(frozen=True, slots=True)
class Moving:
    """A file changed while it was read."""


def wanted(name: str) -> bool:
    """Tell whether a file is for us: not hidden, no reason, not what something is still writing."""
    if name.startswith((".", "~$", "#")) or name.lower() in NOBODYS:
        return False
    return not name.lower().endswith((ERROR, *UNFINISHED))


def order(file: Found) -> tuple[list[tuple[int, int | str]], str]:
    """Return what files are sorted by: their names, numbers in them as numbers, so that v2 comes before v10."""
    return _natural(file.name), file.name


def told_name(folder: str, raw: str) -> str:
    """Return a name for Redis, log and reason: one that is not UTF-8 comes with lone surrogates, which none takes."""
    place = os.path.join(folder, raw)  # noqa: PTH118  # a million of them
    return place if place.isascii() else os.fsencode(place).decode("utf-8", "backslashreplace")


def stamp_of(state: os.stat_result) -> str:
    """Return what changes when a file does."""
    return f"{state.st_size:x}-{state.st_mtime_ns:x}-{state.st_ctime_ns:x}"


def digest(body: bytes) -> str:
    """Return the hash a file's content is remembered by."""
    return blake2b(body, digest_size=16).hexdigest()


@contextmanager
def opened(root: Path, folder: str) -> Iterator[int]:
    """Open the folder a file lies in; the drop folder itself may be a link, what is in it may not. Raises OSError."""
    top = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if not folder:
            yield top
            return
        inner = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=top)
        try:
            yield inner
        finally:
            os.close(inner)
    finally:
        os.close(top)


def load(root: Path, file: Found) -> bytes | Unreadable | Unopened | Moving:
    """Read a file whole."""
    try:
        with opened(root, file.folder) as place:
            if stat.S_ISLNK(os.stat(file.raw, dir_fd=place, follow_symlinks=False).st_mode):
                return Unreadable("is a link: files must lie in the folder themselves")
            # Without following or waiting: a link may have come since, and a FIFO would hold us for ever.
            handle = os.open(file.raw, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=place)
        with os.fdopen(handle, "rb") as stream:
            return _content(stream.fileno(), file)
    except OSError as error:
        return Unopened(f"cannot be read: {error.strerror or type(error).__name__}")


def _content(handle: int, file: Found) -> bytes | Unreadable | Moving:
    state = os.fstat(handle)
    if not stat.S_ISREG(state.st_mode):
        return Unreadable("is not a regular file")
    if state.st_size > MAX_BYTES:
        return Unreadable(f"is larger than {MAX_BYTES // 1024 // 1024} MiB")
    with os.fdopen(os.dup(handle), "rb") as stream:
        body = stream.read(MAX_BYTES + 1)
    return body if stamp_of(state) == file.stamp == stamp_of(os.fstat(handle)) else Moving()


def _natural(name: str) -> list[tuple[int, int | str]]:
    parts = _DIGITS.split(name)
    return [(0, int(part)) if at % 2 else (1, part) for at, part in enumerate(parts)]
