"""Cuts streams only below what every reader's group has acknowledged, and measures their lag on the way."""

from __future__ import annotations

from shared.bus.groups import STATES, GroupState, read
from shared.metrics import LAG, OLDEST, PENDING
from shared.redis import Script, Store

# Answers {removed, then for every group: name, lag, pending, oldest unacknowledged id}. Cuts nothing while a
# group that should read this stream is missing: it will be made at 0 and must find everything.
TRIM = Script(f"""
local answer, found, keep = {{0}}, {{}}, nil
{STATES}
local function before(a, b)
  local am, as = string.match(a, '(%d+)-(%d+)')
  local bm, bs = string.match(b, '(%d+)-(%d+)')
  if am ~= bm then return tonumber(am) < tonumber(bm) end
  return tonumber(as) < tonumber(bs)
end
if redis.call('EXISTS', KEYS[1]) == 0 then return answer end
for _, is in ipairs(groups()) do
  local from = state(is)
  if from == '' then
    local ms, seq = string.match(is['last-delivered-id'], '(%d+)-(%d+)')
    from = ms .. '-' .. string.format('%d', tonumber(seq) + 1)
  end
  if not keep or before(from, keep) then keep = from end
  found[is['name']] = true
end
for _, reader in ipairs(ARGV) do
  if not found[reader] then keep = nil end
end
if keep then answer[1] = redis.call('XTRIM', KEYS[1], 'MINID', keep) end
return answer
""")


async def trim(store: Store, key: str, readers: tuple[str, ...]) -> list[GroupState]:
    """Cut one stream and return the state of its groups.

    A stream that does not exist has none. Raises RedisError.
    """
    _, *rest = await store.run(TRIM, keys=[key], args=list(readers))
    return read(rest)


def report(states: list[GroupState], stream: str, partition: int) -> None:
    """Put the state of a stream's groups on the gauges."""
    for state in states:
        labels = (stream, str(partition), state.name)
        LAG.labels(*labels).set(state.lag)
        PENDING.labels(*labels).set(state.pending)
        OLDEST.labels(*labels).set(state.oldest)
