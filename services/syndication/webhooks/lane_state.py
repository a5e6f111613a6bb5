"""What every script of lanes begins with, in Lua: a subscription's state, its items, who waits and who flies."""

from __future__ import annotations

# Q holds what waits by when it is due, U the retractions that wait, which go before all else that is due, F what is
# on its way by when its lease runs out. A seq is text of one width, so that entries due together sort by it. I holds
# the items: "<fence> <failures> <previous seq> <superseded seqs or -> <type> <article> <version> <matched>". The fence
# counts claims: who records with an older one has lost the lease, and changes nothing. LOST is added to the failures
# when a lease runs out on what is never to be repeated: who claims it next writes it down, and sends nothing. L holds
# each article's seqs in order, the first being on its way or next. K says of entries replaced before they were ever
# sent which seq was previous to them, until the entry after them takes that over.
STATE = """
local S, Q, U, F, I, L, K, LOG = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7], KEYS[8]
local now, spread = tonumber(ARGV[1]), tonumber(ARGV[2])
local had = redis.call('HMGET', S,
  'status', 'revision', 'limits', 'window', 'threshold', 'tat', 'trouble', 'missed_from', 'gathering',
  'dispatched', 'previous', 'began')
local status = had[1]
if not status then return {-1, -1, {}, {}, '', '', '', 0, 0, 0} end
local most, interval, together, patience, once = string.match(had[3] or '', '^(%d+) ([%d.]+) ?(%d*) ?(%d*) ?(%a*)$')
most, interval = tonumber(most or MAX_IN_FLIGHT), tonumber(interval or 0)
together, patience = tonumber(together), tonumber(patience)
local gathering, bundle = tonumber(had[9] or 0), 0
local window, threshold = tonumber(had[4] or FIRST_WINDOW), tonumber(had[5] or math.huge)
local tat, missed = tonumber(had[6] or 0), had[8] or ''
local trouble = had[7] and had[7] ~= '' and cjson.decode(had[7]) or nil
local notice, changes = '', {}
local items, counts = redis.call('HLEN', I), {}

local function emptied() counts = {[F] = 0, [Q] = 0, [U] = 0} end
if items == 0 then emptied() end

-- How many are in F, Q or U: counted by the server only where it matters.
local function count_of(where)
  if not counts[where] then counts[where] = redis.call('ZCARD', where) end
  return counts[where]
end

local function more_in(where, number)
  if counts[where] then counts[where] = counts[where] + number end
end

local function change(name, value)
  changes[#changes + 1] = name
  changes[#changes + 1] = value
end

local function split(item)
  local fence, failures, previous, superseded, rest = string.match(item, '^(%d+) (%d+) (%d+) (%S+) (.*)$')
  return tonumber(fence), tonumber(failures), previous, superseded, rest
end

local function join(fence, failures, previous, superseded, rest)
  return string.format('%d %d %s %s %s', fence, failures, previous, superseded, rest)
end

local function takes_back(rest)
  local type = string.sub(rest, 1, 18)
  return type == 'article.retracted ' or type == 'article.withdrawn '
end

local function is_urgent(rest)
  local type = string.sub(rest, 1, 18)
  if takes_back(rest) then return true end
  return together and (type == 'article.embargoed ' or string.sub(type, 1, 13) == 'subscription.')
end

local function may_be_repeated(rest) return once ~= 'once' or takes_back(rest) end

local function wait_till(due, seq, rest)
  local where = is_urgent(rest) and U or Q
  more_in(where, redis.call('ZADD', where, due, seq))
end

local function leave_set(where, seq)
  if redis.call('ZREM', where, seq) == 0 then return false end
  more_in(where, -1)
  return true
end

local function wait_no_more(seq) return leave_set(Q, seq) or leave_set(U, seq) end

local function land(seq) return leave_set(F, seq) or wait_no_more(seq) end
"""
