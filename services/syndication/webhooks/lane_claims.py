"""Who of those that wait is claimed, when to look again, and what every script answers, in Lua."""

from __future__ import annotations

DUE = """
local fresh = 0
local function first_of(where) return tonumber(redis.call('ZRANGE', where, 0, 0, 'WITHSCORES')[2] or -1) end

-- When somebody must look at this subscription again: -1 for not until something comes. A full lane waits for
-- its own in-flight entries, whoever holds them; `fresh` counts those that were claimed just now.
local function next_due(cap)
  local due = count_of(F) > fresh and first_of(F) or fresh > 0 and now + LEASE or -1
  local room, from = limits(cap)
  local requests, busy = under_way()
  if requests >= room then return due end
  local waiting = count_of(Q) > 0 and not busy and first_of(Q)
  local urgent = count_of(U) > 0 and first_of(U)
  if urgent and (not waiting or urgent < waiting) then waiting = urgent end
  if waiting then
    waiting = math.ceil(math.max(waiting, from))
    if due < 0 or waiting < due then due = waiting end
  end
  return due
end
"""

CLAIMS = """
local claimed = {}

local function fly(seq, fence, failures, previous, superseded, rest)
  local item = join(fence, failures, previous, superseded, rest)
  redis.call('HSET', I, seq, item)
  more_in(F, redis.call('ZADD', F, now + LEASE, seq))
  fresh = fresh + 1
  claimed[#claimed + 1] = seq
  claimed[#claimed + 1] = item
end

local function claim(limit, cap)
  for _, seq in ipairs(count_of(F) > fresh and redis.call('ZRANGEBYSCORE', F, '-inf', now) or {}) do
    land(seq)
    local item = redis.call('HGET', I, seq)
    if item then
      local fence, failures, previous, superseded, rest = split(item)
      if not may_be_repeated(rest) and failures < LOST then
        redis.call('HSET', I, seq, join(fence, failures + LOST, previous, superseded, rest))
      end
      put_off(now, seq, rest)
    end
  end
  local most_now, from = limits(cap)
  local room = math.min(limit, most_now - under_way())
  if now < from then return claimed end
  for _, waiting in ipairs({U, Q}) do
    if room <= 0 then break end
    local as_one = together and waiting == Q
    for n, seq in ipairs(due_in(waiting, room)) do
      if interval > 0 and not (as_one and n > 1) then
        if tat - TOLERANCE > now then return claimed end
        tat = math.max(now, tat) + interval
        change('tat', string.format('%.3f', tat))
      end
      leave_set(waiting, seq)
      local item = redis.call('HGET', I, seq)
      if item then
        local fence, failures, previous, superseded, rest = split(item)
        if fence == 0 then previous = previous_to(previous) end
        fly(seq, fence + 1, failures, previous, superseded, rest)
        room = room - 1
        if as_one then bundle = bundle + 1 end
      end
    end
  end
  return claimed
end

local function answer(claimed, kept, cap)
  local told = trouble and cjson.encode(trouble) or ''
  if told ~= (had[7] or '') then change('trouble', told) end
  if together then change('gathering', string.format('%.0f', gathering)) end
  local revision = tonumber(had[2] or 0) + 1
  redis.call('HSET', S, 'revision', revision, unpack(changes))
  local due = string.format('%.0f', next_due(cap))
  return {due, revision, claimed, kept, status, notice, missed, count_of(Q) + count_of(U), bundle, exhausted}
end
"""
