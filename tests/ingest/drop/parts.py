"""A drop folder on a bench, and files in it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import orjson

from services.ingest.drop import DropFolder
from services.ingest.drop.files import Found, stamp_of
from services.ingest.drop.memory import Memory
from shared.redis import Store
from tests.builders import a_push
from tests.ingest.parts import Bench

LONG_AGO = 1_000_000_000


def a_file(root: Path, name: str, body: bytes = b"{}") -> Found:
    """Write a file and return it as a look would find it, settled."""
    path = root / name
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_bytes(body)
    return found(root, name)


def found(root: Path, name: str) -> Found:
    """Return a file that is there as a look would find it, settled."""
    folder, _, raw = name.rpartition("/")
    stamp = stamp_of((root / name).lstat())
    return Found(folder=folder, raw=raw, name=name, stamp=stamp, age=3600.0)


class Dropping(Bench):
    """A bench with a drop folder whose clock stands an hour after the files' times."""

    def __init__(self, store: Store, folder: Path) -> None:
        super().__init__(store)
        self.path, self._store = folder, store
        self.time = folder.stat().st_ctime + 3600
        self.drop = self.restarted()

    def restarted(self) -> DropFolder:
        return DropFolder(self.path, Memory(self._store), self.intake, self.pressure, lambda: self.time)

    def put(self, name: str, body: bytes | None = None, **over: Any) -> Path:
        path = self.path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(body if body is not None else orjson.dumps(a_push(**over)))
        return path

    def put_just_now(self, name: str, body: bytes) -> Path:
        """Put a file and set the clock to the moment it was written."""
        path = self.put(name, body)
        os.utime(path)
        self.time = path.stat().st_ctime
        return path

    async def versions(self) -> list[int]:
        return [version for _, version in await self.sent()]

    def rejected(self, folder: str = "") -> dict[str, str]:
        """Return the reasons in a rejected folder by the names of the files they are for."""
        place = self.path / folder / "rejected"
        names = sorted(path.name for path in place.iterdir()) if place.is_dir() else []
        stories = [name for name in names if not name.endswith(".error.txt")]
        return {name: (place / f"{name}.error.txt").read_text() for name in stories}
