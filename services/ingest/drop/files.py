"""Finds the files of a drop folder and reads one; remembering which were taken is left to folder."""

from __future__ import annotations

import os
import secrets
import stat
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import orjson
from pydantic import ValidationError

from services.ingest.parse import NotAFeed, parse
from services.ingest.submission import Submission
from shared.slugs import slug

MAX_BYTES = 10 * 1024 * 1024
FEEDS = frozenset({".xml", ".rss", ".atom"})
ARTICLES = frozenset({".json"})
ERROR = ".error.txt"
UNFINISHED = (".part", ".partial", ".tmp", ".swp", "~")
"""What a file is called while something is still writing it."""

DEFAULT_SOURCE = "drop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A file as it stands; `stamp` changes when it does, `age` is the seconds since it was written."""

    name: str
    path: Path
    stamp: str
    age: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a file holds: submissions of one source."""

    source_id: str
    submissions: tuple[Submission, ...]
    title: str | None = None
    home: str | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file cannot be taken, and why, in plain words."""

    reason: str


def look(folder: Path, now: float) -> list[Found]:
    """Return the files of a folder and of its folders, in the order of their names; none when it is missing.

    Left out are dot files, reason files, and what bears the name of an unfinished file. Raises OSError when the
    folder itself cannot be listed.
    """
    if not folder.is_dir():
        return []
    paths = []
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            paths += _listed(Path(entry.path))
        else:
            paths.append(Path(entry.path))
    found = (_found(path, folder, now) for path in paths if _wanted(path.name))
    return [file for file in found if file is not None]


def digest(body: bytes) -> str:
    """Return the hash a file's content is remembered by."""
    return blake2b(body, digest_size=16).hexdigest()


def load(file: Found) -> bytes | Unreadable:
    """Read a regular file of a bearable size."""
    try:
        # Without waiting: a FIFO in the folder would hold us for ever.
        with os.fdopen(os.open(file.path, os.O_RDONLY | os.O_NONBLOCK), "rb") as stream:
            state = os.fstat(stream.fileno())
            if not stat.S_ISREG(state.st_mode):
                return Unreadable("is not a regular file")
            body = stream.read(MAX_BYTES + 1) if state.st_size <= MAX_BYTES else None
    except OSError as error:
        return Unreadable(f"cannot be read: {error.strerror or type(error).__name__}")
    if body is None or len(body) > MAX_BYTES:
        return Unreadable(f"is larger than {MAX_BYTES // 1024 // 1024} MiB")
    return body


def tell_beside(file: Found, reason: str) -> None:
    """Write beside a file why it is not taken. Raises OSError.

    Into a new file that is then moved: a link or FIFO that bears the name is replaced, never followed or waited for.
    """
    place = _reason_file(file)
    draft = place.with_name(f".{secrets.token_hex(8)}{ERROR}")
    try:
        with draft.open("x", encoding="utf-8") as stream:
            stream.write(f"{file.name.rpartition('/')[2]} {reason}\n")
        draft.replace(place)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def forget_beside(file: Found) -> None:
    """Take away what `tell_beside` wrote. Raises OSError."""
    _reason_file(file).unlink(missing_ok=True)


def _reason_file(file: Found) -> Path:
    return file.path.with_name(file.path.name + ERROR)


def read(file: Found, body: bytes) -> Content | Unreadable:
    """Understand a file: one article as JSON, or a feed. Takes seconds for megabytes: call it in a thread."""
    folder = file.name.rpartition("/")[0]
    source_id = slug(folder) if folder else DEFAULT_SOURCE
    match file.path.suffix.lower():
        case suffix if suffix in ARTICLES:
            return _article(body, source_id or DEFAULT_SOURCE)
        case suffix if suffix in FEEDS:
            return _feed(body, source_id or DEFAULT_SOURCE)
        case _:
            return Unreadable("its name must end in .json, .xml, .rss or .atom")


def _article(body: bytes, source_id: str) -> Content | Unreadable:
    try:
        plain = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        return Unreadable(f"is not valid JSON: {error.msg} at line {error.lineno} column {error.colno}")
    if not isinstance(plain, dict):
        return Unreadable("must hold one JSON object, an article")
    try:
        submission = Submission.model_validate({"source": {"id": source_id}} | plain)
    except ValidationError as error:
        return Unreadable(f"is not an article: {told(error)}")
    return Content(source_id=submission.source.id, submissions=(submission,))


def _feed(body: bytes, source_id: str) -> Content | Unreadable:
    parsed = parse(body, url="", content_type="", source_id=source_id)
    if isinstance(parsed, NotAFeed):
        return Unreadable(f"is not a feed: {parsed.reason}")
    items = parsed.submissions
    order = sorted(range(len(items)), key=lambda at: (_time(items[at]), -at))
    return Content(
        source_id=source_id,
        submissions=tuple(items[at] for at in order),
        title=parsed.title,
        home=parsed.home,
    )


def _time(item: Submission) -> float:
    return item.published_at.timestamp() if item.published_at else 0.0


def told(error: ValidationError) -> str:
    """Return the first few faults of a document in words, each with its field."""
    faults = error.errors(include_input=False, include_url=False, include_context=False)
    lines = (f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}" for fault in faults[:5])
    return "; ".join(line.removeprefix("Value error, ") for line in lines)


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError:
        return []


def _wanted(name: str) -> bool:
    return not name.startswith(".") and not name.endswith((ERROR, *UNFINISHED))


def _found(path: Path, folder: Path, now: float) -> Found | None:
    try:
        state = path.stat()
    except OSError:
        state = None
    if state is not None and stat.S_ISDIR(state.st_mode):
        return None
    # A name that is not UTF-8 comes with lone surrogates, which neither Redis, log nor reason file could take.
    name = os.fsencode(path.relative_to(folder)).decode("utf-8", "backslashreplace")
    if state is None:
        return Found(name=name, path=path, stamp="missing", age=0.0) if path.is_symlink() else None
    age = abs(now - max(state.st_mtime, state.st_ctime))  # a clock ahead of ours must not hold a file back
    return Found(name=name, path=path, stamp=f"{state.st_size}-{state.st_mtime_ns}-{state.st_ctime_ns}", age=age)
