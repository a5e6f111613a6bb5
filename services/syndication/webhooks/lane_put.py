"""How what was dispatched, or fetched because it was missed, is put in a lane, in Lua."""

from __future__ import annotations

# A retraction enters as any other entry, and is due before them (see `wait_till`). While something is missed nothing
# newer is put in: it would go before what was missed of the same article. Of those that go straight to their flight
# there are no more than `straight`.
PUT = """
local dispatched, previous, began, straight = had[10] or '0', had[11] or '0', tonumber(had[12] or 0), 0

local function put(seq, article, packed)
  if items >= MOST_PENDING then
    missed = seq
    return
  end
  local lane = items > 0 and redis.call('HGET', L, article)
  if lane and redis.call('HEXISTS', I, seq) == 1 then return end
  local seqs = lane and listed(lane) or {}
  if lane and seqs[#seqs] > seq and tonumber(seqs[#seqs]) < LEDGER_END then return end
  local before = previous_to(previous)
  local flies = not lane and straight > 0
  if flies then
    fly(seq, 1, 0, before, '-', packed)
    straight = straight - 1
  else
    redis.call('HSET', I, seq, join(0, 0, before, '-', packed))
  end
  assign(seq, packed, tonumber(seq) <= began)
  items, previous = items + 1, seq
  if lane then
    seqs[#seqs + 1] = seq
    supersede(article, seqs)
  else
    redis.call('HSET', L, article, seq)
    if not flies then enter(seq, packed) end
  end
end

local function put_down()
  change('dispatched', dispatched)
  if previous ~= had[11] then change('previous', previous) end
  if missed ~= (had[8] or '') then change('missed_from', missed) end
end
"""

# Where nothing waits, and everything that comes fits and is of articles of its own, it is claimed as it is put in.
ENQUEUE = """
local limit, cap = tonumber(ARGV[3]), tonumber(ARGV[4])
local number, articles, apart = (#ARGV - 4) / 3, {}, true
for at = 6, #ARGV, 3 do
  if articles[ARGV[at]] then apart = false end
  articles[ARGV[at]] = true
end
local most_now, from = limits(cap)
if apart and not together and interval == 0 and now >= from and count_of(Q) + count_of(U) == 0 then
  local room = math.min(limit, most_now - count_of(F))
  if number <= room then straight = number end
end
for at = 5, #ARGV, 3 do
  local seq = ARGV[at]
  if tonumber(seq) > tonumber(dispatched) then
    dispatched = seq
    if missed == '' then put(seq, ARGV[at + 1], ARGV[at + 2]) end
  end
end
put_down()
return answer(claim(limit - #claimed / 2, cap), {}, cap)
"""

CATCH_UP = """
local cap, from, after = tonumber(ARGV[3]), ARGV[4], ARGV[5]
if missed == '' or tonumber(missed) ~= tonumber(from) then return answer({}, {}, cap) end
missed = ''
for at = 6, #ARGV, 3 do
  local seq = ARGV[at]
  put(seq, ARGV[at + 1], ARGV[at + 2])
  if missed ~= '' then break end
  if tonumber(seq) > tonumber(dispatched) then dispatched = seq end
end
if missed == '' and tonumber(after) <= tonumber(dispatched) then missed = after end
put_down()
return answer({}, {}, cap)
"""
