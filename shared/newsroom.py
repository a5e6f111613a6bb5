"""Reads and watches one file of the operator, TOML as a rule; what it means is left to the parser it is given."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from shared.faults import NO_FIELD, said
from shared.metrics import FILE_REFUSED

T = TypeVar("T")

Location = tuple[str | int, ...]
"""Where in a document something stands: ("term", 3, "aliases") is `aliases` of the fourth [[term]]."""

ENDLESS = re.compile(rb"[0-9_]{4301}")
MAX_BYTES = 32 * 1024 * 1024
SHOWN = 20
"""How many errors of one file are told at once."""


class Invalid(ValueError):  # noqa: N818  # reads as what it says of the file
    """A document breaks a rule of its kind; each problem is a location and a reason."""

    def __init__(self, problems: Sequence[tuple[Location, str]]) -> None:
        super().__init__("; ".join(reason for _, reason in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Unchanged:
    """Nothing new since the last look."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The file was read and is in force; `digest` is the SHA-256 of its bytes, in hex."""

    path: Path
    digest: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The file has an error, and the last good one stays; `reason` names file, line and what is wrong."""

    path: Path
    reason: str


Refreshed = Unchanged | Loaded | Refused


class Watched(Generic[T]):
    """The last good reading of a file, looked at again on every `refresh`; a missing file is an empty one.

    `parse` takes the document, an empty one too, and raises Invalid or pydantic's ValidationError; `read` makes the
    document of the file's bytes (TOML, unless told otherwise), and raises Invalid.
    """

    def __init__(
        self,
        path: Path,
        parse: Callable[[dict[str, Any]], T],
        read: Callable[[bytes], dict[str, Any]] | None = None,
    ) -> None:
        self.path = path
        self.current: T = parse({})
        self.digest = sha256(b"").hexdigest()
        self.refusal: str | None = None
        self._parse = parse
        self._document = read or _document
        self._stale = False
        self._seen: tuple[int, ...] | None = None
        self._vanished = False
        self._refused = FILE_REFUSED.labels(path.name)

    def refresh(self) -> Refreshed:
        """Look at the file and read it when its times or size changed.

        Reads and parses in the caller's thread: give a file of many thousand terms a worker thread.
        """
        try:
            stamp = _stamp(self.path)
            if stamp == self._seen or self._may_be_mid_save(stamp):
                return Unchanged()
            self._seen = stamp
            content = _read(self.path) if stamp else b""
        except OSError as error:
            return self._refuse(f"{self.path.name}: cannot be read: {error.strerror or error}")
        return self._take(content)

    def again(self) -> None:
        """Parse the file at the next look even if it has not changed: what `parse` reads beside it has."""
        self._stale, self._seen = True, None

    def told(self, problems: Sequence[tuple[Location, str]]) -> list[str]:
        """Say each problem on a line of its own, as `file, line N: reason`; of a file that is gone, without lines."""
        try:
            text = _read(self.path).decode("utf-8", "replace")
        except OSError:
            text = ""
        return [_told_one(self.path.name, text, where, reason) for where, reason in problems]

    def _may_be_mid_save(self, stamp: tuple[int, ...]) -> bool:
        """Doubt a file gone or emptied until seen twice: some editors do either just before they write."""
        gone = self._seen is not None and (not stamp or stamp[1] == 0)
        doubtful, self._vanished = gone and not self._vanished, gone
        return doubtful

    def _take(self, content: bytes) -> Refreshed:
        digest = sha256(content).hexdigest()
        if digest == self.digest and self.refusal is None and not self._stale:
            return Unchanged()
        try:
            self.current = self._parse(self._document(content))
        except (tomllib.TOMLDecodeError, Invalid, ValidationError) as error:
            return self._refuse(_told(self.path.name, content.decode("utf-8", "replace"), error))
        self.digest, self.refusal, self._stale = digest, None, False
        self._refused.set(0)
        return Loaded(self.path, digest)

    def _refuse(self, reason: str) -> Refreshed:
        if reason == self.refusal:
            return Unchanged()
        self.refusal = reason
        self._refused.set(1)
        return Refused(self.path, reason)


def _stamp(path: Path) -> tuple[int, ...]:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return ()
    return (stat.st_mtime_ns, stat.st_size, stat.st_ino, stat.st_ctime_ns)


def _read(path: Path) -> bytes:
    # Without waiting: the open of a FIFO would hold the thread for ever, and the process when it is to stop.
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError("it is not a regular file")
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise OSError(f"it is larger than {MAX_BYTES // 1024 // 1024} MB")
    return content


def _document(content: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except tomllib.TOMLDecodeError:
        raise
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Invalid([(("", line), f"byte {content[error.start]:#04x} is not UTF-8")]) from None
    except RecursionError:
        raise Invalid([(("", 1), "it is nested too deeply")]) from None
    except ValueError:  # all that is left: Python reads no number of more digits
        found = ENDLESS.search(content)
        line = content.count(b"\n", 0, found.start() if found else 0) + 1
        raise Invalid([(("", line), "it has a number with too many digits")]) from None


def _told(name: str, text: str, error: Exception) -> str:
    """Say each error on a line of its own, as `file, line N: reason`."""
    if isinstance(error, tomllib.TOMLDecodeError):
        return _syntax_told(name, text, str(error))
    problems = _problems(error)
    lines = [_told_one(name, text, where, reason) for where, reason in problems[:SHOWN]]
    if len(problems) > SHOWN:
        lines.append(f"{name}: and {len(problems) - SHOWN} more")
    return "\n".join(lines)


def _told_one(name: str, text: str, where: Location, reason: str) -> str:
    plain = "".join(letter if letter.isprintable() else " " for letter in reason)  # a key may be called anything
    return f"{name}, line {_line(text, where)}: {plain}"


def _syntax_told(name: str, text: str, message: str) -> str:
    """Take the line out of the message: tomllib names it nowhere else, and calls the last one the end."""
    found = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", message)
    if found is None:
        return f"{name}: {message}"
    line = found[1] or text.rstrip("\n").count("\n") + 1
    return f"{name}, line {line}: {message[: found.start()]}"


def _problems(error: Exception) -> Sequence[tuple[Location, str]]:
    if isinstance(error, Invalid):
        return error.problems
    if isinstance(error, ValidationError):
        found = error.errors(include_input=False, include_url=False)
        return [(fault["loc"], _reason(fault["loc"], said(fault))) for fault in found]
    raise error


def _reason(where: Location, message: str) -> str:
    keys = ".".join(str(part) for part in where if isinstance(part, str) and part.isidentifier())
    return f"{keys}: {'there is no such setting' if message == NO_FIELD else message}"


def _line(text: str, where: Location) -> int:
    """Find the line of a location: the nth [[table]], in it the key; the table's own when no key is told."""
    match where:
        case ("", int(line)):
            return line
        case (str(table), *rest):
            lines = _without_long_strings(text).split("\n")
            start = _table(lines, table, rest[0] if rest and isinstance(rest[0], int) else 0)
            key = next((part for part in rest if isinstance(part, str)), None)
            return (_key(lines, start, key) if key else start) + 1
        case _:
            return 1


def _without_long_strings(text: str) -> str:
    """Blank multi-line strings, so that a [[header]] or key inside one is not taken for one."""
    long = re.compile(r'"""(?:\\.|[^\\])*?"""|' + r"'''.*?'''", re.DOTALL)
    return long.sub(lambda found: "\n" * found[0].count("\n"), text)


def _table(lines: Sequence[str], name: str, index: int) -> int:
    header = re.compile(rf"\s*(?:\[\[?\s*{re.escape(name)}\s*\]\]?|{re.escape(name)}\s*=)")
    found = [number for number, line in enumerate(lines) if header.match(line)]
    return found[min(index, len(found) - 1)] if found else 0


def _key(lines: Sequence[str], start: int, key: str) -> int:
    pair = re.compile(rf"\s*\"?{re.escape(key)}\"?\s*=")
    for number in range(start + 1, len(lines)):
        if lines[number].lstrip().startswith("[["):
            break
        if pair.match(lines[number]):
            return number
    return start
