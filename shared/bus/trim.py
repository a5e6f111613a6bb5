"""Cuts streams only below what every reader's group has acknowledged, and measures their lag on the way."""

from __future__ import annotations

import time
from dataclasses import dataclass

from shared.metrics import LAG, OLDEST, PENDING
from shared.redis import Script, Store

# Answers {removed, then for every group: name, lag, pending, oldest unacknowledged id}. Cuts nothing while a
# group that should read this stream is missing: it will be made at 0 and must find everything.
TRIM = Script("""
local function before(a, b)
  local am, as = string.match(a, '(%d+)-(%d+)')
  local bm, bs = string.match(b, '(%d+)-(%d+)')
  if am ~= bm then return tonumber(am) < tonumber(bm) end
  return tonumber(as) < tonumber(bs)
end
local answer, found, keep = {0}, {}, nil
if redis.call('EXISTS', KEYS[1]) == 0 then return answer end
for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local is = {}
  for i = 1, #group, 2 do is[group[i]] = group[i + 1] end
  local oldest = ''
  local from
  if is['pending'] > 0 then
    oldest = redis.call('XPENDING', KEYS[1], is['name'])[2]
    from = oldest
  else
    local ms, seq = string.match(is['last-delivered-id'], '(%d+)-(%d+)')
    from = ms .. '-' .. string.format('%d', tonumber(seq) + 1)
  end
  if not keep or before(from, keep) then keep = from end
  found[is['name']] = true
  local lag = is['lag']
  if not lag then lag = redis.call('XLEN', KEYS[1]) end
  for _, value in ipairs({is['name'], lag, is['pending'], oldest}) do answer[#answer + 1] = value end
end
for _, reader in ipairs(ARGV) do
  if not found[reader] then keep = nil end
end
if keep then answer[1] = redis.call('XTRIM', KEYS[1], 'MINID', keep) end
return answer
""")


@dataclass(frozen=True, slots=True)
class GroupState:
    """How far a group is: entries not given out, given out and unacknowledged, age of the oldest of those (s)."""

    name: str
    lag: int
    pending: int
    oldest: float


async def trim(store: Store, key: str, readers: tuple[str, ...]) -> list[GroupState]:
    """Cut one stream and return the state of its groups.

    A stream that does not exist has none. Raises RedisError.
    """
    _, *rest = await store.run(TRIM, keys=[key], args=list(readers))
    now = time.time()
    states = []
    for name, lag, pending, oldest in zip(*[iter(rest)] * 4, strict=True):
        age = now - int(oldest.split(b"-")[0]) / 1000 if oldest else 0.0
        states.append(GroupState(name.decode(), int(lag), int(pending), max(0.0, age)))
    return states


def report(states: list[GroupState], stream: str, partition: int) -> None:
    """Put the state of a stream's groups on the gauges."""
    for state in states:
        labels = (stream, str(partition), state.name)
        LAG.labels(*labels).set(state.lag)
        PENDING.labels(*labels).set(state.pending)
        OLDEST.labels(*labels).set(state.oldest)
