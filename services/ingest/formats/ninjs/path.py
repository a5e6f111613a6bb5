"""A place in a JSON document that knows its own path, and takes a field by any of its spellings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import NoneType
from typing import Any

from services.ingest.formats.item import moment_of

NAMES = {dict: "an object", list: "an array", str: "a text", bool: "true or false", int: "a number", float: "a number"}
MOST_ROWS = 1_000


class MisshapenError(ValueError):
    """A field is not of the type the standard gives it; the message names its path."""


@dataclass(frozen=True, slots=True)
class At:
    """An object of a document; `path` is where it stands, as `$.associations[0]`."""

    value: Mapping[str, Any]
    path: str

    def get(self, *names: str) -> Any:
        """Return the first of these fields that is there and not null; also as ninjs 1 and 2 wrote it, all lower."""
        found = self._named(*names)
        return self.value[found] if found else None

    def text(self, *names: str) -> str | None:
        """Return a text, None when it is blank or missing. Raises MisshapenError."""
        value = self._typed((str,), *names)
        return str(value).strip() or None if value is not None else None

    def number(self, *names: str) -> int | None:
        """Return a whole number that is not negative, also where it is written as a text; None otherwise."""
        value = self.get(*names)
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16:
            return int(value)
        return (
            int(value)
            if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 2**40
            else None
        )

    def moment(self, *names: str) -> datetime | None:
        """Return a date and time. Raises MisshapenError for one that is none."""
        text = self.text(*names)
        if text is None:
            return None
        moment = moment_of(text)
        if moment is None:
            raise MisshapenError(f"{self._path(*names)} must be a date and time (RFC 3339)")
        return moment

    def rows(self, *names: str) -> Iterator[At]:
        """Yield the objects of an array, or of an object by name as ninjs 1 has them. Raises MisshapenError."""
        value, path = self._typed((list, dict), *names), self._path(*names)
        if isinstance(value, dict) and not all(isinstance(row, (Mapping, NoneType)) for row in value.values()):
            value = [value]  # one object where several are meant
        pairs = value.items() if isinstance(value, dict) else enumerate(value or ())
        for count, (key, row) in enumerate(pairs):
            if row is None:
                continue
            where = f"{path}[{key}]" if isinstance(key, int) else f"{path}.{str(key)[:100]}"
            if not isinstance(row, Mapping):
                raise MisshapenError(f"{where} must be an object, not {_named_type(row)}")
            if count >= MOST_ROWS:
                raise MisshapenError(f"{path} has more than {MOST_ROWS} items")
            yield At({"name": key, **row} if isinstance(key, str) else row, where)

    def _named(self, *names: str) -> str | None:
        spellings = (spelling for name in names for spelling in (name, name.lower()))
        return next((name for name in spellings if self.value.get(name) is not None), None)

    def _path(self, *names: str) -> str:
        return f"{self.path}.{self._named(*names) or names[0]}"

    def _typed(self, types: tuple[type, ...], *names: str) -> Any:
        value = self.get(*names)
        if value is None or isinstance(value, types):
            return value
        wanted = " or ".join(NAMES[type] for type in types)
        raise MisshapenError(f"{self._path(*names)} must be {wanted}, not {_named_type(value)}")


def _named_type(value: object) -> str:
    return "null" if value is None else NAMES.get(type(value), "something else")
