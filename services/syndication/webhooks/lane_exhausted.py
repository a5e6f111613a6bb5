"""How the scripts of lanes count the deliveries of a subscription that were given up, until it is told, in Lua."""

from __future__ import annotations

from shared.redis import Script

# However many are given up, what is kept of them is their number, since when, and the last; messages of our own about
# other subscriptions (of LEDGER_END on) are not counted, for they would be told of in such messages again.
EXHAUSTED = """
local exhausted = 0

local function exhaust(seq, log)
  if tonumber(seq) >= LEDGER_END or log == '' then return end
  local kept = redis.call('HGET', S, 'exhausted')
  local all = kept and cjson.decode(kept) or {count = 0, told = 0}
  if all.count == 0 then all.since = math.max(now, (all.since or 0) + 1) end
  local last, attempt = {}, cjson.decode(log)
  for _, name in ipairs({'at', 'seq', 'article_id', 'version', 'attempt', 'status', 'reason'}) do
    last[name] = attempt[name]
  end
  all.count, all.last, exhausted = all.count + 1, last, 1
  redis.call('HSET', S, 'exhausted', cjson.encode(all))
end
"""

EXHAUSTED_TOLD = Script("""
local kept = redis.call('HGET', KEYS[1], 'exhausted')
local all = kept and cjson.decode(kept)
if not all or all.since ~= tonumber(ARGV[1]) then return end
all.count, all.told = all.count - tonumber(ARGV[2]), tonumber(ARGV[3])
all.since = math.max(all.told, all.since + 1)
redis.call('HSET', KEYS[1], 'exhausted', cjson.encode(all))
""")
"""ARGV: since when, how many were told, now. Those given up since then are kept, to be told the next time.

Each `since` is later than the one before, though clocks differ or the same millisecond saw both: the id of the message
goes by it, and of two with one id a receiver takes but one."""
