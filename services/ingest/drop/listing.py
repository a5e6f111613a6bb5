"""Knows which files of a drop folder are new or changed, at a cost that does not grow with those that are done with."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from services.ingest.drop.files import REJECTED, Found, order, stamp_of, told_name, wanted

CHECKED = 1_000
"""How many of the files that are done with are looked at again in one look, in turn: for changes in place."""

GRAIN_SECONDS = 2.0
"""A folder changed this lately may change again within one tick of its file system's clock."""

TRUST_SECONDS = 60.0
"""A folder is listed again after this long, whatever its time says: network file systems may not keep it."""

SLOW_SECONDS = 0.05
SHARE = 10
"""A folder that takes longer to list rests ten times as long: it takes at most a tenth of the time."""


Place = tuple[str, str]
"""The folder a file lies in, and what the file system calls the file."""


@dataclass(slots=True)
class _Listed:
    """A folder's files when it was last listed, and its folders; `rest_until` is when it may be listed again."""

    names: frozenset[str] = frozenset()
    folders: tuple[str, ...] = ()
    stamp: int = -1
    at: float = float("-inf")
    rest_until: float = float("-inf")


@dataclass(slots=True)
class Listing:
    """The files of one folder and of the folders in it; what is deeper is left alone.

    `faults` says of a folder's name why it is not looked into. Nothing here waits for Redis: call `look` in a thread.
    """

    root: Path
    faults: dict[str, str] = field(default_factory=dict)
    _listed: dict[str, _Listed] = field(default_factory=dict)
    _done: dict[Place, str] = field(default_factory=dict)
    _open: set[Place] = field(default_factory=set)
    _before: dict[Place, str] = field(default_factory=dict)
    _turn: Iterator[Place] = field(default_factory=lambda: iter(()))

    def look(self, now: float) -> list[Found]:
        """Return the files that are new or changed, in the order of their names.

        None when the folder is missing. Raises OSError when it is there and cannot be listed.
        """
        self.faults = {}
        try:
            folders = self._names("", now).folders
        except FileNotFoundError:
            folders = ()
            self._forget("", self._listed.pop("", _Listed()).names)
        for folder in folders:
            try:
                self._names(folder, now)
            except OSError as error:
                self._forget(folder, self._listed.pop(folder, _Listed()).names)
                self.faults[folder] = f"cannot be listed: {error.strerror or type(error).__name__}"
        for gone in self._listed.keys() - {"", *folders}:
            self._forget(gone, self._listed.pop(gone).names)
        fresh = [found for place in self._places() if (found := self._found(place, now)) is not None]
        self._before = {(found.folder, found.raw): found.stamp for found in fresh}
        return sorted(fresh, key=order)

    def done(self, file: Found) -> None:
        """Note that a file is done with as it stands."""
        self._done[file.folder, file.raw] = file.stamp
        self._open.discard((file.folder, file.raw))

    def names(self) -> Iterator[str]:
        """Yield what the files that are there are told of as."""
        return (told_name(folder, raw) for folder, listed in self._listed.items() for raw in listed.names)

    def _names(self, folder: str, now: float) -> _Listed:
        path = self.root / folder
        listed, changed = self._listed.setdefault(folder, _Listed()), path.stat().st_mtime
        stamp = int(changed * 1e6)
        known = listed.stamp == stamp and listed.at - changed > GRAIN_SECONDS and now - listed.at < TRUST_SECONDS
        if not known and not listed.at <= now < listed.rest_until:
            started = perf_counter()
            names, folders = self._scanned(path, folder)
            took = perf_counter() - started
            rest = took * SHARE if took > SLOW_SECONDS else 0.0
            self._listed[folder] = _Listed(names, folders, stamp, now, now + rest)
            self._open.update((folder, name) for name in names - listed.names)
            self._forget(folder, listed.names - names)
        return self._listed[folder]

    def _scanned(self, path: Path, folder: str) -> tuple[frozenset[str], tuple[str, ...]]:
        names, folders = [], []
        with os.scandir(path) as entries:
            for entry in entries:
                if not wanted(entry.name):
                    continue
                if not entry.is_dir(follow_symlinks=False):
                    names.append(entry.name)
                elif folder:
                    if entry.name != REJECTED:
                        self.faults[told_name(folder, entry.name)] = "lies too deep: only folders in the folder count"
                elif entry.name != REJECTED:
                    folders.append(entry.name)
        return frozenset(names), tuple(sorted(folders))

    def _forget(self, folder: str, gone: frozenset[str]) -> None:
        for name in gone:
            self._done.pop((folder, name), None)
            self._open.discard((folder, name))

    def _places(self) -> Iterator[Place]:
        """Yield the files to look at: all that are not done with, and some of those that are, in turn."""
        yield from list(self._open)
        for _ in range(min(CHECKED, len(self._done))):
            place = next(self._turn, None)
            if place is None:
                self._turn = iter(list(self._done))
                place = next(self._turn)
            if place in self._done:
                yield place

    def _found(self, place: Place, now: float) -> Found | None:
        folder, raw = place
        try:
            state = os.lstat(os.path.join(self.root, folder, raw))  # noqa: PTH118  # a thousand of them each second
        except OSError:
            return None
        stamp = stamp_of(state)
        if stat.S_ISDIR(state.st_mode) or self._done.get(place) == stamp:
            return None
        self._open.add(place)
        age = abs(now - max(state.st_mtime, state.st_ctime))  # a clock ahead of ours must not hold a file back
        same = self._before.get(place) == stamp
        return Found(folder=folder, raw=raw, name=told_name(folder, raw), stamp=stamp, age=age, same=same)
