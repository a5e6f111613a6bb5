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

# Calls from a script cost more than what they do: what is claimed together is read, and written, in one.
CLAIMS = """
local claimed, leased = {}, {}

local function fly(seq, fence, failures, previous, superseded, rest)
  fresh = fresh + 1
  claimed[#claimed + 1] = seq
  claimed[#claimed + 1] = join(fence, failures, previous, superseded, rest)
  leased[#leased + 1] = now + LEASE
  leased[#leased + 1] = seq
end

-- Writes down who flies since the last time.
local function take_off()
  if #leased == 0 then return end
  redis.call('HSET', I, unpack(claimed, #claimed - #leased + 1))
  more_in(F, redis.call('ZADD', F, unpack(leased)))
  leased = {}
end

-- How many of those that are due the rate lets go now.
local function let_go(number, as_one)
  if interval == 0 then return number end
  for n = 1, as_one and math.min(number, 1) or number do
    if tat - TOLERANCE > now then return n - 1 end
    tat = math.max(now, tat) + interval
    change('tat', string.format('%.3f', tat))
  end
  return number
end

local function claim(limit, cap)
  take_off()
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
    local seqs = due_in(waiting, room)
    local number = let_go(#seqs, as_one)
    if number > 0 then
      more_in(waiting, -redis.call('ZREM', waiting, unpack(seqs, 1, number)))
      for n, item in ipairs(redis.call('HMGET', I, unpack(seqs, 1, number))) do
        if item then
          local fence, failures, previous, superseded, rest = split(item)
          if fence == 0 then previous = previous_to(previous) end
          fly(seqs[n], fence + 1, failures, previous, superseded, rest)
          room = room - 1
          if as_one then bundle = bundle + 1 end
        end
      end
    end
  end
  take_off()
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
