"""What the scripts of lanes keep of what was assigned to a subscription, what became of it, and how fast, in Lua."""

from __future__ import annotations

WIDTH = 100
"""Seqs in one hash, few enough for the server to keep it packed, at some twenty bytes an entry."""

KEPT_SECONDS = 30 * 86_400
"""So far back receipts and proofs reach."""

HOUR, DAY = 3_600_000, 86_400_000
HOURS, DAYS = 24, 7
"""Spans of the figures: hours are kept for a day, days for a week."""

# A value is a letter (w waits, c confirmed, g given up, d no longer kept, s superseded, u sent perhaps, and never
# again), marks of how it came (b: it was there before, or is sent again; x: it tells of an exit), and of what ended
# " <at> <ms since published> <attempts> <slot>". What was confirmed stays so, however often it is sent again. What is
# not the ledger's has seqs of LEDGER_END on and is not kept. The hashes cannot be named as KEYS before the seqs are
# known; they share the slot.
SENT = """
local function sent(seq)
  if tonumber(seq) >= LEDGER_END then return nil end
  return S .. ':sent:' .. math.floor(tonumber(seq) / SENT_WIDTH), tonumber(seq) % SENT_WIDTH
end

local kept_on = {}

local function assign(seq, packed, before)
  local key, field = sent(seq)
  if not key then return end
  local waits = 'w' .. (before and 'b' or '') .. (string.find(packed, '],"exit":true', -13, true) and 'x' or '')
  if redis.call('HSETNX', key, field, waits) == 0 then
    local was = string.sub(redis.call('HGET', key, field), 1, 1)
    if was == 'c' or was == 'w' then return end
    redis.call('HSET', key, field, waits)
  end
  if not kept_on[key] then redis.call('EXPIRE', key, SENT_SECONDS) end
  kept_on[key] = true
end

local function settle(seq, letter, rest)
  local key, field = sent(seq)
  local was = key and redis.call('HGET', key, field)
  if not was or string.sub(was, 1, 1) == 'c' then return nil end
  local marks = string.match(was, '^%a(%a*)')
  redis.call('HSET', key, field, letter .. marks .. rest)
  return marks
end

"""

COUNTED = """
local tallies = {}
local function tally(name) tallies[name] = (tallies[name] or 0) + 1 end

-- What is told of an attempt: "r" when it is tried again, else what `settle` is to keep.
local function ended(seq, told)
  if told == '' then return end
  local letter = string.sub(told, 1, 1)
  local marks = letter ~= 'r' and settle(seq, letter, string.sub(told, 2)) or nil
  tally(letter)
  local slot = letter == 'c' and string.match(told, ' (%d+)$')
  if slot and marks and not string.find(marks, 'b', 1, true) then tally('l' .. slot) end
end

local function count()
  if not next(tallies) then return end
  for _, span in ipairs({{'h', HOUR, HOURS + 1}, {'d', DAY, DAYS + 1}}) do
    local key = S .. ':figures:' .. span[1] .. math.floor(now / span[2])
    local new = false
    for name, number in pairs(tallies) do new = redis.call('HINCRBY', key, name, number) == number or new end
    if new then redis.call('PEXPIRE', key, span[2] * span[3]) end
  end
end
"""
