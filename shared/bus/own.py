"""Scripts on the pending list of one consumer: each touches only what that consumer still owns."""

from __future__ import annotations

from collections.abc import Mapping

from shared.redis import Script, Store

# A consumer that was frozen may find its entries taken over by another: it must not take them back. JUSTID
# resets the idle time and leaves the count of deliveries as it is. Answers the ids that are no longer ours.
KEEP = Script("""
local lost = {}
for i = 3, #ARGV do
  if #redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[i], ARGV[i], 1, ARGV[2]) == 1 then
    redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[i], 'JUSTID')
  else
    lost[#lost + 1] = ARGV[i]
  end
end
return lost
""")

# Counts one more delivery of an entry, as XCLAIM does; answers whether the entry is still ours.
COUNT_TRY = Script("""
if #redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1, ARGV[2]) == 0 then return 0 end
redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[3])
return 1
""")

# Hands everything back at a clean stop: idle as long as ARGV[3] ms says, so that the next consumer takes it
# at once, and with the count of tries that really failed, because a stop is not the entry's fault.
HAND_BACK = Script("""
local tries = {}
for i = 4, #ARGV, 2 do tries[ARGV[i]] = ARGV[i + 1] end
local from, back = '-', 0
while true do
  local rows = redis.call('XPENDING', KEYS[1], ARGV[1], from, '+', 500, ARGV[2])
  for _, row in ipairs(rows) do
    redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, row[1],
      'IDLE', ARGV[3], 'RETRYCOUNT', tries[row[1]] or row[4] - 1, 'JUSTID')
    back = back + 1
    from = '(' .. row[1]
  end
  if #rows < 500 then return back end
end
""")


async def hand_back(store: Store, source: str, group: str, consumer: str, idle: int, tries: Mapping[bytes, int]) -> int:
    """Hand back all that a consumer owns, idle for `idle` ms, with the tries of those known; return how many."""
    args: list[str | bytes | int] = [group, consumer, idle]
    for entry_id, count in tries.items():
        args += (entry_id, count)
    return int(await store.run(HAND_BACK, keys=[source], args=args))
