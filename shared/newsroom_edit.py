"""Adds to a TOML file of the operator and leaves the rest of it as it is, comments too; what to add is the caller's."""

from __future__ import annotations

import copy
import json
import os
import re
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.newsroom import Loaded, Refused, Watched

Value = str | bool | int | Sequence[str]
Document = dict[str, Any]
Parse = Callable[[Document], object]

LEXEME = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|' + r"'''.*?'{3,5}|" + r'"(?:\\.|[^"\\\n])*"|' + r"'[^'\n]*'|#[^\n]*", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Edited:
    """The file is written; what was added begins on `line`, counted from 1."""

    path: Path
    line: int


def add_table(path: Path, table: str, values: Mapping[str, Value], parse: Parse) -> Edited | Refused:
    """Append a [[table]] to a file, which is made where it is missing; refuse what `parse` would refuse.

    `parse` is what the services read the file by (shared.newsroom.Watched). May raise OSError.
    """

    def append(text: str) -> tuple[str, int]:
        body = "".join(f"{key} = {_toml(value)}\n" for key, value in values.items())
        apart = "" if not text else "\n" if text.endswith("\n") else "\n\n"
        return f"{text}{apart}[[{table}]]\n{body}", len(text)

    def wanted(document: Document) -> Document:
        document.setdefault(table, []).append({key: _plain(value) for key, value in values.items()})
        return document

    return _edit(path, table, append, wanted, parse)


def add_to_list(path: Path, table: str, id: str, key: str, value: str, parse: Parse) -> Edited | Refused:
    """Add a string to the list `key` of the [[table]] with an id; refuse what `parse` would refuse.

    Raises KeyError: there is no such table; ValueError: the string is in the list; OSError.
    """

    def insert(text: str) -> tuple[str, int]:
        at, added = _place(text, table, _index(tomllib.loads(text), table, id), key, _toml(value))
        return text[:at] + added + text[at:], at + len(added) - len(added.lstrip())

    def wanted(document: Document) -> Document:
        entry = document[table][_index(document, table, id)]
        if value in entry.get(key, ()):
            raise ValueError(f"{value!r} is one of {key} of {id!r} already")
        entry[key] = [*entry.get(key, ()), value]
        return document

    return _edit(path, table, insert, wanted, parse)


def _index(document: Document, table: str, id: str) -> int:
    found = (at for at, entry in enumerate(document.get(table, ())) if entry.get("id") == id)
    at = next(found, None)
    if at is None:
        raise KeyError(f"there is no [[{table}]] {id!r}")
    return at


def _edit(
    path: Path, table: str, edit: Callable[[str], tuple[str, int]], wanted: Callable[[Document], Document], parse: Parse
) -> Edited | Refused:
    """Edit the text, and write it only when it means exactly what was wanted and would be taken."""
    path = path.resolve()
    before = path.read_bytes() if path.exists() else b""
    try:
        text = before.decode("utf-8-sig").replace("\r\n", "\n")
        had = tomllib.loads(text)
        if not _are_tables(had.get(table, [])):
            return Refused(path, f"{path.name}: {table!r} must be written as [[{table}]] there")
        document = wanted(copy.deepcopy(had))
        after, at = edit(text)
        same = tomllib.loads(after) == document
        encoded = _as_before(after, before)
    except tomllib.TOMLDecodeError as error:
        return Refused(path, f"{path.name}: {error}")
    except UnicodeError:
        return Refused(path, f"{path.name}: it is not UTF-8, or what is to be added is not")
    if not same:
        return Refused(path, f"{path.name}: it is written in a way that needs an edit by hand")
    return _written(path, before, encoded, parse) or Edited(path, _line(after, at))


def _are_tables(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)


def _as_before(text: str, before: bytes) -> bytes:
    ends = text.replace("\n", "\r\n") if b"\r\n" in before else text
    return ends.encode("utf-8-sig" if before.startswith(b"\xef\xbb\xbf") else "utf-8")


def _written(path: Path, before: bytes, after: bytes, parse: Parse) -> Refused | None:
    """Write beside the file, read that as the services would, and only then put it in the file's place."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(after)
            file.flush()
            os.fsync(file.fileno())
        looked = Watched(beside, parse).refresh()
        if not isinstance(looked, Loaded):
            reason = looked.reason if isinstance(looked, Refused) else "nothing would change"
            return Refused(path, reason.replace(beside.name, path.name))
        if path.exists():
            if path.read_bytes() != before:
                return Refused(path, f"{path.name}: it was changed by someone else meanwhile")
            shutil.copymode(path, beside)
        else:
            beside.chmod(0o644)
        beside.replace(path)
        return None
    finally:
        beside.unlink(missing_ok=True)


def _place(text: str, table: str, index: int, key: str, value: str) -> tuple[int, str]:
    """Return where in the text a value goes into a list of the nth [[table]], and what to write there."""
    bare = LEXEME.sub(_blanked, text)
    headers = list(re.finditer(rf"^[ \t]*\[\[[ \t]*{re.escape(table)}[ \t]*\]\].*$", bare, re.MULTILINE))
    if index >= len(headers):
        return len(text), ""
    start = headers[index].end()
    following = re.compile(r"^[ \t]*\[", re.MULTILINE).search(bare, start)
    end = following.start() if following else len(bare)
    named = re.compile(rf"^[ \t]*{re.escape(key)}[ \t]*=[ \t]*\[", re.MULTILINE).search(bare, start, end)
    if named is None:
        first = re.compile(r"^[ \t]*id[ \t]*=.*$", re.MULTILINE).search(bare, start, end)
        return (first.end() if first else start), f"\n{key} = [{value}]"
    inside = bare[named.end() : _closing(bare, named.end())].rstrip()
    at = named.end() + len(inside)
    return at, (value if not inside.strip() else f" {value}" if inside.endswith(",") else f", {value}")


def _closing(bare: str, start: int) -> int:
    depth = 1
    for bracket in re.compile(r"[\[\]]").finditer(bare, start):
        depth += 1 if bracket[0] == "[" else -1
        if depth == 0:
            return bracket.start()
    return len(bare)


def _blanked(lexeme: re.Match[str]) -> str:
    """Hide a string behind letters and a comment behind spaces, line ends kept, so that offsets stay right."""
    return re.sub(r"[^\n]", " " if lexeme[0].startswith("#") else "s", lexeme[0])


def _toml(value: Value) -> str:
    """Write a value; a TOML basic string is a JSON string whose DEL is escaped too (TOML 1.0, "String")."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool | int):
        return json.dumps(value)
    return f"[{', '.join(_toml(one) for one in value)}]"


def _plain(value: Value) -> str | bool | int | list[str]:
    return value if isinstance(value, str | bool | int) else list(value)


def _line(text: str, at: int) -> int:
    """Count the line of the first thing written at an offset."""
    ahead = len(text) - len(text[at:].lstrip("\n"))
    return text.count("\n", 0, ahead) + 1
