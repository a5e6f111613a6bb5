"""The Lua scripts of dispatch and the registry, each within one hash slot and idempotent; stores run them."""

from __future__ import annotations

from shared.redis import Script

# A full server refuses a script whose first write adds; this one must work there, or what is due is never sent.
HINT = Script("""
redis.call('HDEL', KEYS[2], '')
for at = 1, #ARGV, 3 do
  local id, due, revision = ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  if revision < 0 then
    redis.call('ZREM', KEYS[1], id)
    redis.call('HDEL', KEYS[2], id)
  elseif revision > tonumber(redis.call('HGET', KEYS[2], id) or 0) then
    redis.call('HSET', KEYS[2], id, revision)
    if due < 0 then redis.call('ZREM', KEYS[1], id) else redis.call('ZADD', KEYS[1], due, id) end
  end
end
""")
"""ARGV: id, due, revision for each subscription; of two writers the one that saw the later state wins."""

HEAL = Script("""
for at = 1, #ARGV, 2 do
  local score = redis.call('ZSCORE', KEYS[1], ARGV[at])
  if not score or tonumber(score) > tonumber(ARGV[at + 1]) then redis.call('ZADD', KEYS[1], ARGV[at + 1], ARGV[at]) end
end
""")
"""ARGV: id, due; only brings forward, so that it undoes nobody's newer hint."""

DUE = Script("""
local now = ARGV[1]
local ids = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[2])
local next = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
return {redis.call('GET', KEYS[2]) or '0', ids, next[2] or '-1'}
""")
"""ARGV: now, limit. Returns the generation, who is due, and when the next is."""

CHANGED = Script("""
redis.call('SET', KEYS[1], ARGV[3], 'NX')
local generation = redis.call('INCR', KEYS[1])
if ARGV[2] == '1' then redis.call('SADD', KEYS[3], ARGV[1]) else redis.call('SREM', KEYS[3], ARGV[1]) end
redis.call('ZADD', KEYS[2], generation, ARGV[1])
redis.call('ZREMRANGEBYRANK', KEYS[2], 0, -10001)
return generation
""")
"""KEYS: generation, changes, ids. ARGV: id, 1 while it exists, the time in us. Only the latest 10,000 changes are kept.

Counted from the time, so that a server that was flushed never comes to a number that some replica already knows."""

CHANGE = Script("""
local found = redis.call('HMGET', KEYS[1], 'settings', 'secrets', 'credentials')
if not found[1] then return 0 end
if ARGV[1] ~= '' and redis.sha1hex(found[1] .. (found[2] or '') .. (found[3] or '')) ~= ARGV[1] then return -1 end
redis.call('HSET', KEYS[1], unpack(ARGV, 2))
return 1
""")
"""ARGV: the mark of what was read, or nothing; fields and values. Returns 0 when there is no such subscription, -1 when
another wrote since.

Writes nothing of one that was deleted meanwhile: half of a subscription cannot be read."""

SEAL = Script("""
local found = redis.call('HMGET', KEYS[1], 'settings', 'secrets')
if found[1] ~= ARGV[1] or found[2] ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'settings', ARGV[3], 'secrets', ARGV[4], 'credentials', ARGV[5])
return 1
""")
"""ARGV: settings and secrets as they were read, and as they are to be, credentials. Undoes no change in between."""

HOLD = Script("""
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
""")
"""ARGV: who, for how many ms. Takes or renews the lease; 0 when somebody else has it."""

RELEASE = Script("if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0")

ADVANCE = Script("""
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
if tonumber(redis.call('GET', KEYS[2]) or 0) ~= tonumber(ARGV[2]) then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[4])
if ARGV[3] ~= ARGV[2] then redis.call('SET', KEYS[2], ARGV[3]) end
return 1
""")
"""KEYS: lease, cursor. ARGV: who, where the cursor stood, seq, ms of the lease.

Who was too slow to renew it keeps it all the same while nobody else has moved the cursor: otherwise what takes longer
than the lease would never be done."""

CARRY = Script("""
redis.call('SET', KEYS[2], ARGV[1])
redis.call('BITOP', 'OR', KEYS[1], KEYS[1], KEYS[2])
redis.call('DEL', KEYS[2])
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
""")
"""KEYS: bits, scratch. ARGV: the bits to set besides those that are, seconds to keep them. For many at once."""

MARK = Script("""
for at = 2, #ARGV, 2 do redis.call('SETBIT', KEYS[1], ARGV[at], ARGV[at + 1]) end
redis.call('EXPIRE', KEYS[1], ARGV[1])
return 1
""")
"""KEYS: bits. ARGV: seconds to keep them, then number and bit in turn."""
