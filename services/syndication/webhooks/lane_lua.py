"""What the scripts of lanes share, in Lua: a subscription's state, its pace, its breaker, who waits and who flies."""

from __future__ import annotations

from services.syndication.webhooks.lane_digests import DIGESTS
from services.syndication.webhooks.lane_exhausted import EXHAUSTED
from services.syndication.webhooks.lane_sent import SENT

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
  'status', 'revision', 'limits', 'window', 'threshold', 'tat', 'trouble', 'missed_from', 'gathering')
local status = had[1]
if not status then return {-1, -1, {}, {}, '', '', '', 0, 0, 0} end
local most, interval, together, patience, once = string.match(had[3] or '', '^(%d+) ([%d.]+) ?(%d*) ?(%d*) ?(%a*)$')
most, interval = tonumber(most or MAX_IN_FLIGHT), tonumber(interval or 0)
together, patience = tonumber(together), tonumber(patience)
local gathering, bundle = tonumber(had[9] or 0), 0
local window, threshold = tonumber(had[4] or FIRST_WINDOW), tonumber(had[5] or math.huge)
local tat, missed = tonumber(had[6] or 0), had[8] or ''
local trouble = had[7] and had[7] ~= '' and cjson.decode(had[7]) or nil
local flying, notice, changes = redis.call('ZCARD', F), '', {}
local waits = {[Q] = redis.call('ZCARD', Q), [U] = redis.call('ZCARD', U)}

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
  waits[where] = waits[where] + redis.call('ZADD', where, due, seq)
end

local function wait_no_more(seq)
  for where, count in pairs(waits) do
    if count > 0 and redis.call('ZREM', where, seq) == 1 then
      waits[where] = count - 1
      return
    end
  end
end

local function land(seq)
  if redis.call('ZREM', F, seq) == 1 then
    flying = flying - 1
  else
    wait_no_more(seq)
  end
end
"""

# At most TOLERANCE ms of a rate's deliveries may go together: timers are no finer.
PACE = """
local function limits(cap)
  if status == 'disabled' then
    if trouble and trouble.canary then return 1, trouble.open end
    return 0, 0
  end
  if status ~= 'active' then return 0, 0 end
  local room, from = math.min(cap, most, math.floor(window)), 0
  if trouble then
    from = math.max(trouble.hold, trouble.open)
    if trouble.trips > 0 then room = 1 end
  end
  if interval > 0 then from = math.max(from, tat - TOLERANCE) end
  return room, from
end

local function told(kind)
  notice = kind .. ' ' .. string.format('%.0f', trouble.since) .. ' ' .. (tonumber(had[2] or 0) + 1)
  change('untold', notice)
end

local function calm(hold, cut)
  return {hold = hold, open = 0, trips = 0, streak = 0, since = 0, warned = 0, cut = cut}
end

local function succeeded()
  if window < most then
    window = math.min(most, window + (window < threshold and 1 or 1 / window))
    change('window', string.format('%.4f', window))
  end
  if not trouble or (status == 'disabled' and not trouble.canary) then return end
  local before = trouble
  if before.warned > 0 then told('recovered') end
  trouble = (before.hold > now or now - before.cut < CUT_EVERY) and calm(before.hold, before.cut) or nil
  if status == 'disabled' then
    status = 'active'
    change('status', status)
    change('reason', '')
    redis.call('ZUNIONSTORE', Q, 1, Q, 'WEIGHTS', 0)
    redis.call('ZUNIONSTORE', U, 1, U, 'WEIGHTS', 0)
  end
end

local function pause(first, longest)
  trouble.trips = trouble.trips + 1
  trouble.open = math.floor(now + spread * math.min(longest, first * 2 ^ math.min(trouble.trips - 1, 40)))
end

local function cut()
  if now - trouble.cut < CUT_EVERY then return end
  trouble.cut, window = now, math.max(1, window / 2)
  threshold = window
  change('window', string.format('%.4f', window))
  change('threshold', string.format('%.4f', threshold))
end

local function disable(reason)
  status = 'disabled'
  change('status', status)
  change('reason', reason)
  told('disabled')
end

local function failed(hold)
  trouble = trouble or calm(0, 0)
  if trouble.since == 0 then trouble.since = now end
  trouble.streak = trouble.streak + 1
  if hold >= 0 then cut() end
  trouble.hold = math.max(trouble.hold, hold)
  local late, age = now >= trouble.open, now - trouble.since
  if trouble.canary then
    if late then pause(CANARY, LONGEST_CANARY) end
    return
  end
  if late and (trouble.trips > 0 or trouble.streak >= STREAK) then pause(PAUSE, LONGEST_PAUSE) end
  if status ~= 'active' then return end
  if age >= DISABLE then
    trouble.canary, trouble.trips, trouble.warned = true, 0, 4
    pause(CANARY, LONGEST_CANARY)
    disable('nothing but failures for too long')
    return
  end
  local rung = age >= WARN_3 and 3 or age >= WARN_2 and 2 or (age >= WARN_1 or trouble.trips > 0) and 1 or 0
  if rung > trouble.warned then
    trouble.warned = rung
    told('failing')
  end
end
"""

# An entry that waits while a newer one of its article waits too is replaced by it; one on its way is not.
LINES = """
local function previous_to(seq)
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
      redis.call('HDEL', I, seq)
      if fence == 0 then
        if redis.call('HLEN', K) >= SKIPPED_KEPT then redis.call('DEL', K) end
        redis.call('HSET', K, seq, previous)
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
  redis.call('HDEL', I, seq)
  local lane = redis.call('HGET', L, article)
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

CLAIMS = """
local function claim(limit, cap)
  local claimed = {}
  for _, seq in ipairs(flying > 0 and redis.call('ZRANGEBYSCORE', F, '-inf', now) or {}) do
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
      redis.call('ZREM', waiting, seq)
      waits[waiting] = waits[waiting] - 1
      local item = redis.call('HGET', I, seq)
      if item then
        local fence, failures, previous, superseded, rest = split(item)
        if fence == 0 then previous = previous_to(previous) end
        item = join(fence + 1, failures, previous, superseded, rest)
        redis.call('HSET', I, seq, item)
        redis.call('ZADD', F, now + LEASE, seq)
        flying, room = flying + 1, room - 1
        if as_one then bundle = bundle + 1 end
        claimed[#claimed + 1] = seq
        claimed[#claimed + 1] = item
      end
    end
  end
  return claimed
end

local function first_of(where) return tonumber(redis.call('ZRANGE', where, 0, 0, 'WITHSCORES')[2] or -1) end

-- When somebody must look at this subscription again: -1 for not until something comes. A full lane waits for
-- its own in-flight entries, whoever holds them.
local function next_due(cap)
  local due = flying > 0 and first_of(F) or -1
  local room, from = limits(cap)
  local requests, busy = under_way()
  if requests >= room then return due end
  local waiting = waits[Q] > 0 and not busy and first_of(Q)
  local urgent = waits[U] > 0 and first_of(U)
  if urgent and (not waiting or urgent < waiting) then waiting = urgent end
  if waiting then
    waiting = math.ceil(math.max(waiting, from))
    if due < 0 or waiting < due then due = waiting end
  end
  return due
end

local function answer(claimed, kept, cap)
  local told = trouble and cjson.encode(trouble) or ''
  if told ~= (had[7] or '') then change('trouble', told) end
  if together then change('gathering', string.format('%.0f', gathering)) end
  local revision = tonumber(had[2] or 0) + 1
  redis.call('HSET', S, 'revision', revision, unpack(changes))
  local due = string.format('%.0f', next_due(cap))
  return {due, revision, claimed, kept, status, notice, missed, waits[Q] + waits[U], bundle, exhausted}
end
"""

COMMON = STATE + DIGESTS + SENT + EXHAUSTED + PACE + LINES + CLAIMS
