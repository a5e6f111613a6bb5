"""The order of an article's entries in a lane, in Lua: one after the other, the older replaced by the newer."""

from __future__ import annotations

# What was replaced unsent is known to those that wait alone: where nothing is, K is empty.
#
# An entry that waits while a newer one of its article waits too is replaced by it; one on its way is not.
LINES = """
local skipped

local function previous_to(seq)
  if items == 0 then return seq end
  if skipped == nil then skipped = redis.call('EXISTS', K) == 1 end
  if not skipped then return seq end
  local before = redis.call('HGET', K, seq)
  while before do
    redis.call('HDEL', K, seq)
    seq = before
    before = redis.call('HGET', K, seq)
  end
  return seq
end

local function supersede(article, seqs)
  local newest, kept, gone = seqs[#seqs], {}, {}
  for n = 1, #seqs - 1 do
    local seq = seqs[n]
    local item = redis.call('HGET', I, seq)
    if not item then
      redis.call('ZREM', F, seq)
    elseif redis.call('ZSCORE', F, seq) then
      kept[#kept + 1] = seq
    else
      local fence, _, previous, superseded = split(item)
      wait_no_more(seq)
      items = items - redis.call('HDEL', I, seq)
      if fence == 0 then
        if redis.call('HLEN', K) >= SKIPPED_KEPT then redis.call('DEL', K) end
        redis.call('HSET', K, seq, previous)
        skipped = true
      end
      if superseded ~= '-' then gone[#gone + 1] = superseded end
      if tonumber(seq) < LEDGER_END then gone[#gone + 1] = seq end
      settle(seq, 's', '')
    end
  end
  kept[#kept + 1] = newest
  redis.call('HSET', L, article, table.concat(kept, ','))
  local fence, failures, previous, superseded, rest = split(redis.call('HGET', I, newest))
  if #gone > 0 then
    if superseded ~= '-' then gone[#gone + 1] = superseded end
    superseded = string.sub(table.concat(gone, ','), -SUPERSEDED_KEPT)
    redis.call('HSET', I, newest, join(fence, failures, previous, superseded, rest))
  end
  if #kept == 1 then enter(newest, rest) end
  return #gone
end

local function listed(lane)
  local seqs = {}
  for each in string.gmatch(lane, '%d+') do seqs[#seqs + 1] = each end
  return seqs
end

local function article_of(rest) return string.match(rest, '^%S+ (%S+)') end

local function leave(seq, article)
  items = items - redis.call('HDEL', I, seq)
  if items == 0 then emptied() end
  local lane = items > 0 and redis.call('HGET', L, article)
  if not lane or lane == seq then
    redis.call('HDEL', L, article)
    return
  end
  local seqs = {}
  for _, each in ipairs(listed(lane)) do
    if each ~= seq then seqs[#seqs + 1] = each end
  end
  redis.call('HSET', L, article, table.concat(seqs, ','))
  local item = redis.call('HGET', I, seqs[1])
  if item then
    local _, _, _, _, rest = split(item)
    enter(seqs[1], rest)
  end
end

local function put_off(due, seq, rest)
  local article = article_of(rest)
  local lane = redis.call('HGET', L, article)
  if lane and lane ~= seq then
    supersede(article, listed(lane))
  else
    wait_again(due, seq, rest)
  end
end
"""
