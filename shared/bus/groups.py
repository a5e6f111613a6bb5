"""Looks how far the groups that read the line's streams are; changes nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shared.redis import Script, Store
from shared.streams import STREAMS

# Adds to `answer` for every group of the stream KEYS[1]: name, lag, pending, oldest unacknowledged id.
STATES = """
local function state(is)
  local oldest = ''
  if is['pending'] > 0 then oldest = redis.call('XPENDING', KEYS[1], is['name'])[2] end
  local lag = is['lag']
  if not lag then lag = redis.call('XLEN', KEYS[1]) end
  for _, value in ipairs({is['name'], lag, is['pending'], oldest}) do answer[#answer + 1] = value end
  return oldest
end

local function groups()
  local found = {}
  for n, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
    found[n] = {}
    for i = 1, #group, 2 do found[n][group[i]] = group[i + 1] end
  end
  return found
end
"""

LOOK = Script(f"""
local answer = {{}}
{STATES}
if redis.call('EXISTS', KEYS[1]) == 0 then return answer end
for _, is in ipairs(groups()) do state(is) end
return answer
""")


@dataclass(frozen=True, slots=True)
class GroupState:
    """How far a group is: entries not given out, given out and unacknowledged, age of the oldest of those (s)."""

    name: str
    lag: int
    pending: int
    oldest: float


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a group is on all partitions of a stream; `state` is None where it has not begun to read."""

    stream: str
    group: str
    state: GroupState | None


class Groups:
    """Every group that is to read a stream of the line."""

    def __init__(self, store: Store, partitions: int) -> None:
        self._store, self._partitions = store, partitions

    async def all(self) -> list[Standing]:
        """Return all of them, in the order of the line. Raises RedisError."""
        named = [(stream, reader) for stream in STREAMS for reader in stream.readers]
        places = [(stream, partition) for stream in STREAMS for partition in range(self._partitions)]
        looked = await asyncio.gather(
            *(self._store.run(LOOK, keys=[stream.key(partition)]) for stream, partition in places)
        )
        states = [(stream, state) for (stream, _), reply in zip(places, looked, strict=True) for state in read(reply)]
        return [
            Standing(stream.name, reader, _summed(reader, [one for on, one in states if on is stream]))
            for stream, reader in named
        ]


def read(reply: Sequence[Any]) -> list[GroupState]:
    """Return the states in a script's reply."""
    now, states = time.time(), []
    for name, lag, pending, oldest in zip(*[iter(reply)] * 4, strict=True):
        age = now - int(oldest.split(b"-")[0]) / 1000 if oldest else 0.0
        states.append(GroupState(name.decode(), int(lag), int(pending), max(0.0, age)))
    return states


def _summed(name: str, states: Sequence[GroupState]) -> GroupState | None:
    own = [state for state in states if state.name == name]
    if not own:
        return None
    lag, pending = sum(state.lag for state in own), sum(state.pending for state in own)
    return GroupState(name, lag, pending, max(state.oldest for state in own))
