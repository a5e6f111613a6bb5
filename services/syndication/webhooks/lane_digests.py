"""How the scripts of lanes gather what goes out as one digest, and tell one digest from another, in Lua."""

from __future__ import annotations

# What a digest is made of waits for the end of its window, or until it is full. Due times tell digests apart: what went
# together and failed has one that nothing else has, and so goes together again. Never more than one digest of a
# subscription is on its way, beside what goes alone.
DIGESTS = """
local function enter(seq, rest)
  if not together or is_urgent(rest) then return wait_till(now, seq, rest) end
  if gathering <= now then gathering = now + patience end
  wait_till(gathering, seq, rest)
  if redis.call('ZCOUNT', Q, gathering, gathering) < together then return end
  for _, each in ipairs(redis.call('ZRANGEBYSCORE', Q, gathering, gathering)) do redis.call('ZADD', Q, now, each) end
  gathering = 0
end

-- The first moment from one on at which nothing is due.
local function alone(due)
  due = due + 0.5
  while redis.call('ZCOUNT', Q, due, due) > 0 do due = due + 1 end
  return due
end

local apart = {}
local function wait_again(due, seq, rest)
  if together and not is_urgent(rest) then
    apart[due] = apart[due] or alone(due)
    due = apart[due]
  end
  wait_till(due, seq, rest)
end

-- How many requests are on their way, and whether one of them is a digest.
local function under_way()
  if not together or count_of(F) == 0 then return count_of(F), false end
  local alone, digest = 0, 0
  for _, seq in ipairs(redis.call('ZRANGE', F, 0, -1)) do
    local item = redis.call('HGET', I, seq)
    if item then
      local _, _, _, _, rest = split(item)
      if is_urgent(rest) then alone = alone + 1 else digest = 1 end
    end
  end
  return alone + digest, digest == 1
end

local function due_in(waiting, room)
  if count_of(waiting) == 0 then return {} end
  if not together or waiting == U then
    return redis.call('ZRANGEBYSCORE', waiting, '-inf', now, 'LIMIT', 0, room)
  end
  local _, busy = under_way()
  local first = redis.call('ZRANGEBYSCORE', Q, '-inf', now, 'WITHSCORES', 'LIMIT', 0, 1)
  if busy or not first[2] then return {} end
  return redis.call('ZRANGEBYSCORE', Q, first[2], first[2], 'LIMIT', 0, together)
end
"""

# What is gathered was put off by the window of then: with another one it goes when that says, without any at once. So
# does what a slower rate had put off.
REPACE = """
if interval > 0 and tat > now + interval then
  tat = now + interval
  change('tat', string.format('%.3f', tat))
end
if gathering > now then
  local whole = not together or redis.call('ZCOUNT', Q, gathering, gathering) >= together
  local till = whole and now or math.min(gathering, now + patience)
  for _, each in ipairs(redis.call('ZRANGEBYSCORE', Q, gathering, gathering)) do redis.call('ZADD', Q, till, each) end
  gathering = whole and 0 or till
  change('gathering', string.format('%.0f', gathering))
end
return answer({}, {}, tonumber(ARGV[3]))
"""
