"""The scripts that the store runs, each whole or not at all; what they mean is told there."""

from __future__ import annotations

from shared.redis import Script

COMMIT = Script("""
local items, outbox, source, aliases = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local count, keys = tonumber(ARGV[1]), tonumber(ARGV[2])
local conflicts = {}
for entry = 0, count - 1 do
  local at = 3 + entry * 5
  if (redis.call('HGET', items, ARGV[at]) or '') ~= ARGV[at + 1] then
    conflicts[#conflicts + 1] = ARGV[at]
  end
end
if #conflicts > 0 then return conflicts end
for entry = 0, count - 1 do
  local at = 3 + entry * 5
  if ARGV[at + 2] == '' then
    redis.call('HDEL', items, ARGV[at])
  else
    redis.call('HSET', items, ARGV[at], ARGV[at + 2])
  end
  if ARGV[at + 3] ~= '' then
    redis.call('XADD', outbox, '*', 'article', ARGV[at], 'event', ARGV[at + 3], 'correlation', ARGV[at + 4])
  end
end
local fields = 3 + count * 5 + keys * 2
for at = 3 + count * 5, fields - 1, 2 do redis.call('HSET', aliases, ARGV[at], ARGV[at + 1]) end
if redis.call('HEXISTS', source, 'settings') == 1 then
  for at = fields, #ARGV, 2 do redis.call('HSET', source, ARGV[at], ARGV[at + 1]) end
end
return conflicts
""")
"""Keys: items, outbox, source, aliases. Arguments: counts of entries and aliases, then those, then fields."""

NOTE = Script("""
if redis.call('HEXISTS', KEYS[1], 'settings') == 0 then return 0 end
for at = 1, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[at], ARGV[at + 1]) end
return 1
""")

CLAIM = Script("""
local now, ends = tonumber(ARGV[1]), ARGV[2]
local claimed = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[3])) do
  if tonumber(redis.call('ZSCORE', KEYS[2], id) or '0') > now then
    redis.call('ZADD', KEYS[1], now + 1, id)
  else
    redis.call('ZADD', KEYS[1], ends, id)
    redis.call('ZADD', KEYS[2], ends, id)
    claimed[#claimed + 1] = id
  end
end
return claimed
""")
"""Keys: due times, leases. Arguments: now, the end of the lease, and how many at most.

A source that someone has, and that is wanted before its lease ends, is looked at again every second.
"""

RENEW = Script("""
for at = 2, #ARGV, 2 do
  local id, ends = ARGV[at], tonumber(ARGV[at + 1])
  if tonumber(redis.call('ZSCORE', KEYS[2], id) or '0') == ends then
    redis.call('ZADD', KEYS[2], ARGV[1], id)
    if tonumber(redis.call('ZSCORE', KEYS[1], id) or '0') >= ends then redis.call('ZADD', KEYS[1], ARGV[1], id) end
  end
end
return redis.status_reply('OK')
""")
"""Keys: due times, leases. Arguments: the new end of the leases, then each source and the end of its lease."""

FINISH = Script("""
local ends = tonumber(ARGV[2])
if tonumber(redis.call('ZSCORE', KEYS[2], ARGV[1]) or '0') ~= ends then return 0 end
redis.call('ZREM', KEYS[2], ARGV[1])
if ARGV[3] == '' then
  redis.call('ZREM', KEYS[1], ARGV[1])
elseif tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or '0') >= ends then
  redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
end
return 1
""")
"""Keys: due times, leases. Arguments: the source, the end of its lease, when it is due next; empty for never.

A source that was stopped meanwhile, or wanted sooner, stays so.
"""

SWAP = Script("""
if redis.call('HGET', KEYS[1], 'settings') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'settings', ARGV[2])
return 1
""")
"""Key: source. Arguments: its settings as they were read, and as they are to be."""

UNMARK = Script("""
if redis.call('ZSCORE', KEYS[1], ARGV[1]) == ARGV[2] then return redis.call('ZREM', KEYS[1], ARGV[1]) end
return 0
""")
