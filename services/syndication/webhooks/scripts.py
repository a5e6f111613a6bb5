"""The Lua scripts of lanes, dispatch and the registry, each within one hash slot and idempotent; stores run them."""

from __future__ import annotations

from shared.redis import Script

# A seq is text of one width, so that entries due in the same millisecond sort by it.
# An item is "<fence> <failures> <previous seq> <what the caller packed>". The fence counts claims: who records
# with an older one has lost the lease, and changes nothing.
_LANES = """
local S, Q, F, I, L, LOG = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local status = redis.call('HGET', S, 'status')
if not status then return {-1, -1, {}, {}, ''} end

local function split(item)
  local fence, failures, rest = string.match(item, '^(%d+) (%d+) (.*)$')
  return tonumber(fence), tonumber(failures), rest
end

local function claim(now, limit, lease, cap)
  local claimed = {}
  for _, seq in ipairs(redis.call('ZRANGEBYSCORE', F, '-inf', now)) do
    redis.call('ZREM', F, seq)
    redis.call('ZADD', Q, now, seq)
  end
  if status ~= 'active' then return claimed end
  local room = math.min(limit, cap - redis.call('ZCARD', F))
  if room <= 0 then return claimed end
  for _, seq in ipairs(redis.call('ZRANGEBYSCORE', Q, '-inf', now, 'LIMIT', 0, room)) do
    redis.call('ZREM', Q, seq)
    local item = redis.call('HGET', I, seq)
    if item then
      local fence, failures, rest = split(item)
      item = (fence + 1) .. ' ' .. failures .. ' ' .. rest
      redis.call('HSET', I, seq, item)
      redis.call('ZADD', F, now + lease, seq)
      claimed[#claimed + 1] = seq
      claimed[#claimed + 1] = item
    end
  end
  return claimed
end

-- When somebody must look at this subscription again: -1 for not until something comes. A full lane waits for
-- its own in-flight entries, whoever holds them.
local function next_due(cap)
  local first = redis.call('ZRANGE', F, 0, 0, 'WITHSCORES')
  local due = tonumber(first[2] or -1)
  if status ~= 'active' or redis.call('ZCARD', F) >= cap then return due end
  local waiting = tonumber(redis.call('ZRANGE', Q, 0, 0, 'WITHSCORES')[2])
  if waiting and (due < 0 or waiting < due) then due = waiting end
  return due
end

local function answer(claimed, kept, cap)
  local due = string.format('%.0f', next_due(cap))
  return {due, redis.call('HINCRBY', S, 'revision', 1), claimed, kept, status}
end
"""

ENQUEUE = Script(
    _LANES
    + """
local now, limit, lease = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local cap, most = tonumber(ARGV[4]), tonumber(ARGV[5])
local head = redis.call('HMGET', S, 'dispatched', 'previous')
local dispatched, previous = head[1] or '0', head[2] or '0'
local pending = redis.call('HLEN', I)
for at = 6, #ARGV, 3 do
  local seq, article, packed = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  if tonumber(seq) > tonumber(dispatched) then
    dispatched = seq
    if pending >= most then
      redis.call('HSETNX', S, 'missed_from', seq)
    else
      pending = pending + 1
      redis.call('HSET', I, seq, '0 0 ' .. previous .. ' ' .. packed)
      local lane = redis.call('HGET', L, article)
      if lane then
        redis.call('HSET', L, article, lane .. ',' .. seq)
      else
        redis.call('HSET', L, article, seq)
        redis.call('ZADD', Q, now, seq)
      end
    end
    previous = seq
  end
end
redis.call('HSET', S, 'dispatched', dispatched, 'previous', previous)
return answer(claim(now, limit, lease, cap), {}, cap)
"""
)
"""ARGV: now, limit, lease, cap, most pending, then seq, article, packed for each entry, in order of seq."""

STEP = Script(
    _LANES
    + """
local now, limit, lease = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local cap, records = tonumber(ARGV[4]), tonumber(ARGV[5])

local function held(seq, fence)
  local item = redis.call('HGET', I, seq)
  if not item then return nil end
  local current, failures, rest = split(item)
  if current ~= tonumber(fence) then return nil end
  return failures, rest
end

local function leave(seq, article)
  redis.call('HDEL', I, seq)
  local lane = redis.call('HGET', L, article)
  if not lane or lane == seq then
    redis.call('HDEL', L, article)
    return
  end
  local rest = {}
  for each in string.gmatch(lane, '%d+') do
    if each ~= seq then rest[#rest + 1] = each end
  end
  redis.call('HSET', L, article, table.concat(rest, ','))
  redis.call('ZADD', Q, now, rest[1])
end

local kept, at = {}, 6
for n = 1, records do
  local seq, fence, kind = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  local due, article, log = ARGV[at + 3], ARGV[at + 4], ARGV[at + 5]
  at = at + 6
  local failures, rest = held(seq, fence)
  kept[n] = failures and 1 or 0
  if failures then
    redis.call('ZREM', F, seq)
    redis.call('ZREM', Q, seq)
    if kind == 'done' then
      leave(seq, article)
    else
      if kind ~= 'back' then
        redis.call('HSET', I, seq, fence .. ' ' .. (failures + 1) .. ' ' .. rest)
      end
      redis.call('ZADD', Q, due, seq)
      if kind == 'disable' then
        status = 'disabled'
        redis.call('HSET', S, 'status', status, 'reason', 'the receiver answered 410 Gone')
      end
    end
    if log ~= '' then redis.call('XADD', LOG, 'MAXLEN', '~', 1000, '*', 'attempt', log) end
  end
end
while at < #ARGV do
  if held(ARGV[at], ARGV[at + 1]) then redis.call('ZADD', F, 'XX', now + lease, ARGV[at]) end
  at = at + 2
end
return answer(claim(now, limit, lease, cap), kept, cap)
"""
)
"""ARGV: now, limit, lease, cap, how many records, then for each record seq, fence, kind (done, retry, disable,
back), due, article, log entry or empty; then seq, fence for each lease to renew. Kinds: retry counts a failure,
back does not."""

REQUEUE = Script(
    _LANES
    + """
local now, cap = tonumber(ARGV[1]), tonumber(ARGV[2])
for at = 3, #ARGV, 4 do
  local seq, article, packed, previous = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  if redis.call('HEXISTS', I, seq) == 0 then
    redis.call('HSET', I, seq, '0 0 ' .. previous .. ' ' .. packed)
    local lane = redis.call('HGET', L, article)
    if not lane then
      redis.call('HSET', L, article, seq)
      redis.call('ZADD', Q, now, seq)
    else
      local head, rest = string.match(lane, '^%d+'), {seq}
      for each in string.gmatch(lane, '%d+') do
        if each ~= head then rest[#rest + 1] = each end
      end
      table.sort(rest)
      -- What is on its way stays first: two of one article are never on their way at once.
      if rest[1] < head and redis.call('ZREM', Q, head) == 1 then
        redis.call('ZADD', Q, now, rest[1])
        rest[#rest + 1] = head
        table.sort(rest)
      else
        table.insert(rest, 1, head)
      end
      redis.call('HSET', L, article, table.concat(rest, ','))
    end
  end
end
return answer({}, {}, cap)
"""
)
"""ARGV: now, cap, then seq, article, packed, previous seq for each entry to send again."""

ACTIVATE = Script(
    _LANES
    + """
status = 'active'
redis.call('HSET', S, 'status', status, 'reason', '')
redis.call('HDEL', S, 'missed_from')
redis.call('ZUNIONSTORE', Q, 1, Q, 'WEIGHTS', 0)
return answer({}, {}, tonumber(ARGV[1]))
"""
)
"""ARGV: cap. Everything that waited is due at once."""

PEEK = Script(
    _LANES
    + """
local revision = tonumber(redis.call('HGET', S, 'revision') or 0)
return {string.format('%.0f', next_due(tonumber(ARGV[1]))), revision, {}, {}, status}
"""
)
"""ARGV: cap. Says when the subscription is due, and changes nothing."""

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
if redis.call('HEXISTS', KEYS[1], 'settings') == 0 then return 0 end
redis.call('HSET', KEYS[1], unpack(ARGV))
return 1
""")
"""ARGV: fields and values. Writes nothing of a subscription that was deleted meanwhile: half of one cannot be read."""

HOLD = Script("""
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
""")
"""ARGV: who, for how many ms. Takes or renews the lease; 0 when somebody else has it."""

RELEASE = Script("if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0")

ADVANCE = Script("""
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
if tonumber(ARGV[2]) > tonumber(redis.call('GET', KEYS[2]) or 0) then redis.call('SET', KEYS[2], ARGV[2]) end
return 1
""")
"""KEYS: lease, cursor. ARGV: who, seq, ms of the lease. Only the holder moves the cursor, and only forward."""

CARRY = Script("""
redis.call('SET', KEYS[2], ARGV[1])
redis.call('BITOP', 'OR', KEYS[1], KEYS[1], KEYS[2])
redis.call('DEL', KEYS[2])
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
""")
"""KEYS: bits, scratch. ARGV: the bits to set besides those that are, seconds to keep them."""
