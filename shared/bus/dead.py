"""Dead letters: what the line gave up on, with the reason, to look at and to send round again."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import orjson

from shared.bus import wire
from shared.redis import Script, Store
from shared.streams import STREAMS, Stream

LETTER = re.compile(r"(?P<stream>[a-z.]+):(?P<partition>[0-9]{1,3}):(?P<entry>[0-9]{1,19}-[0-9]{1,19})")
"""An id; numbers of 20 digits can pass what Redis counts in, and would be its error."""

BURY = Script("""
if redis.call('XACK', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
return redis.call('XADD', KEYS[2], '*', '__data__', ARGV[3], 'error', ARGV[4], 'traceback', ARGV[5],
  'tries', ARGV[6], 'entry', ARGV[2], 'group', ARGV[1])
""")

REVIVE = Script("""
local found = redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1])
if #found == 0 then return 0 end
local fields = found[1][2]
for i = 1, #fields, 2 do
  if fields[i] == '__data__' then redis.call('XADD', KEYS[2], '*', '__data__', fields[i + 1]) end
end
return redis.call('XDEL', KEYS[1], ARGV[1])
""")


@dataclass(frozen=True, slots=True)
class Death:
    """Why an entry was given up: the error in one line, its traceback, and after how many tries."""

    error: str
    traceback: str
    tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """One entry that was given up; `id` is `<stream>:<partition>:<entry id>`, `body` the JSON as it came."""

    id: str
    stream: str
    group: str
    error: str
    traceback: str
    tries: int
    body: str

    def as_dict(self) -> dict[str, object]:
        """Return the letter as plain values for JSON."""
        return asdict(self)


async def bury(store: Store, source: str, dead: str, group: str, entry_id: bytes, body: bytes, death: Death) -> str:
    """Move an entry to the dead letters in one step, and return its entry's id there; '' when another settled it."""
    args: list[str | bytes | int] = [group, entry_id, body, death.error, death.traceback, death.tries]
    made: bytes | int = await store.run(BURY, keys=[source, dead], args=args)
    return made.decode() if isinstance(made, bytes) else ""


def about(body: bytes) -> dict[str, object]:
    """Return what a log line says of the article of an event, as far as that can be read: it may be any bytes."""
    try:
        event: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    article = _object(_object(event).get("article"))
    said = {
        "article_id": article.get("id"),
        "version": article.get("version"),
        "source": _object(article.get("source")).get("id"),
    }
    return {name: value for name, value in said.items() if type(value) is (int if name == "version" else str)}


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


class DeadLetters:
    """Every dead letter of every stream, for the API and the command line."""

    def __init__(self, store: Store, partitions: int) -> None:
        self._store, self._partitions = store, partitions

    async def list(self, limit: int = 100) -> list[DeadLetter]:
        """Return the newest letters of every stream and partition, up to `limit` of each."""
        places = list(self._places())
        found = await asyncio.gather(
            *(self._store.do("XREVRANGE", s.dead_key(p), "+", "-", "COUNT", limit) for s, p in places)
        )
        return [
            _letter(stream.name, partition, entry_id, fields)
            for (stream, partition), entries in zip(places, found, strict=True)
            for entry_id, fields in entries
        ]

    async def count(self) -> int:
        """Return how many letters there are."""
        return sum(await asyncio.gather(*(self._store.do("XLEN", s.dead_key(p)) for s, p in self._places())))

    async def expire(self, before: int) -> int:
        """Forget the letters from before a moment (Unix ms); return how many."""
        cut = ("XTRIM", "MINID", f"{before}-0")
        done = (self._store.do(cut[0], s.dead_key(p), *cut[1:]) for s, p in self._places())
        return sum(await asyncio.gather(*done))

    async def retry(self, letter_id: str) -> bool:
        """Put a letter back on its stream, tries counted anew; False when there is no such letter."""
        place = self._find(letter_id)
        if place is None:
            return False
        stream, partition, entry = place
        keys = [stream.dead_key(partition), stream.key(partition)]
        return bool(await self._store.run(REVIVE, keys=keys, args=[entry]) == 1)

    async def delete(self, letter_id: str) -> bool:
        """Forget a letter for good; False when there is no such letter."""
        place = self._find(letter_id)
        if place is None:
            return False
        stream, partition, entry = place
        return bool(await self._store.do("XDEL", stream.dead_key(partition), entry) == 1)

    def _places(self) -> Iterator[tuple[Stream, int]]:  # type: ignore[type-arg]  # streams of any event
        return ((stream, partition) for stream in STREAMS for partition in range(self._partitions))

    def _find(self, letter_id: str) -> tuple[Stream, int, str] | None:  # type: ignore[type-arg]  # as above
        parts = LETTER.fullmatch(letter_id)
        if parts is None:
            return None
        for stream, number in self._places():
            if stream.name == parts["stream"] and str(number) == parts["partition"]:
                return stream, number, parts["entry"]
        return None


def _letter(stream: str, partition: int, entry_id: bytes, fields: dict[bytes, bytes]) -> DeadLetter:
    def text(name: bytes) -> str:
        return fields.get(name, b"").decode("utf-8", "replace")

    return DeadLetter(
        id=f"{stream}:{partition}:{entry_id.decode()}",
        stream=stream,
        group=text(b"group"),
        error=text(b"error"),
        traceback=text(b"traceback"),
        tries=int(text(b"tries") or 0),
        body=wire.decode(fields).decode("utf-8", "replace"),
    )
