"""How what is to be sent again is put in a lane, in Lua, so that nothing comes after what is newer."""

from __future__ import annotations

# Has a seq that waits for its next try go now; of a digest always all of it, that it keeps its id. What is still
# gathered waits on. Returns how many go. Each digest looks for a moment of its own behind that of the one before.
_HASTEN = """
local free = now
local function hasten(where, due, seq)
  if due <= now or due == gathering then return 0 end
  if not together or where ~= Q then
    redis.call('ZADD', where, now, seq)
    return 1
  end
  local all, at = redis.call('ZRANGEBYSCORE', where, due, due), alone(free)
  for _, each in ipairs(all) do redis.call('ZADD', where, at, each) end
  free = math.floor(at) + 1
  return #all
end
"""

# ARGV: cap, the seq before the first, the seq up to which the ledger was looked at for what is newer, how many
# articles there are; of each the article and its seqs with commas, the newest first; seq, article, packed of each
# entry, in order of seq.
#
# Left out is what is older than something of its article that waits or is on its way, and what the receiver never
# confirmed and is older than something of its article that was assigned and not superseded: as that may be dropped as
# a repeat, the older one would be the last to count. Nothing at all is put in where more was dispatched than was looked
# at. What waits for its next try goes now: who asks has mended the receiver. Fence 1 says that it was sent before, so
# that nobody's previous seq changes should it be replaced.
REQUEUE = (
    _HASTEN
    + """
local cap, previous, seen, kept, newest = tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5]), {}, {}
if tonumber(had[10] or 0) > seen then return answer({}, kept, cap) end

local function standing(seq)
  local key, field = sent(seq)
  local found = key and redis.call('HGET', key, field)
  return found and string.sub(found, 1, 1)
end

local entries = 7 + 2 * tonumber(ARGV[6])
for at = 7, entries - 1, 2 do
  for _, seq in ipairs(listed(ARGV[at + 1])) do
    local found = standing(seq)
    if found and found ~= 's' then
      newest[ARGV[at]] = seq
      break
    end
  end
end

local function may_go(seq, article, lane)
  if missed ~= '' and tonumber(seq) >= tonumber(missed) and tonumber(seq) < LEDGER_END then return false end
  local seqs = lane and listed(lane) or {}
  if lane and seqs[#seqs] > seq then return false end
  return not newest[article] or newest[article] <= seq or standing(seq) == 'c'
end

for at = entries, #ARGV, 3 do
  local seq, article, packed = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  local lane = redis.call('HGET', L, article)
  local goes = may_go(seq, article, lane)
  kept[#kept + 1] = goes and 1 or 0
  if goes then
    if redis.call('HEXISTS', I, seq) == 0 then
      redis.call('HSET', I, seq, join(1, 0, previous, '-', packed))
      assign(seq, packed, true)
      redis.call('HSET', L, article, lane and lane .. ',' .. seq or seq)
      if not lane then enter(seq, packed) end
    else
      local where = is_urgent(packed) and U or Q
      hasten(where, tonumber(redis.call('ZSCORE', where, seq) or now), seq)
    end
    previous = seq
  end
end
return answer({}, kept, cap)
"""
)

# ARGV: cap. `kept` has one for each that waits for its next try no longer. A queue may hold 50,000, and nobody else is
# served meanwhile: only digests, which must not run together, are taken one by one.
HASTEN = (
    _HASTEN
    + """
local count = 0
for _, where in ipairs({U, Q}) do
  if together and where == Q then
    local waiting = redis.call('ZRANGEBYSCORE', where, string.format('(%.0f', now), '+inf', 'WITHSCORES')
    local before
    for at = 2, #waiting, 2 do
      local due = tonumber(waiting[at])
      if due ~= before then count = count + hasten(where, due) end
      before = due
    end
  else
    local late = redis.call('ZCOUNT', where, string.format('(%.0f', now), '+inf')
    if late > 0 then redis.call('ZUNIONSTORE', where, 1, where, 'WEIGHTS', 0) end
    count = count + late
  end
end
local kept = {}
for n = 1, count do kept[n] = 1 end
return answer({}, kept, tonumber(ARGV[3]))
"""
)

# A new address is a new receiver: what the old one asked for, and how it failed, is not held against it. Since when
# there were failures is told when there is a success, hence not forgotten.
MOVED = (
    """
if trouble and status ~= 'disabled' then
  trouble.hold, trouble.open, trouble.trips, trouble.streak, trouble.since = 0, 0, 0, 0, now
end
"""
    + HASTEN
)
