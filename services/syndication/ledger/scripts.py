"""The ledger's keys, and its scripts, each done whole or not at all; what they mean is told in ledger.py."""

from __future__ import annotations

from services.syndication.ledger.numbering import BEYOND
from services.syndication.ledger.pieces import PLACING
from shared.redis import Script

EVENTS = "{ledger}:events"
"""Stream; the entry id is `<seq>-0`."""
HEADS = "{ledger}:heads"
"""Hash: article -> `<version> <seq> <ms>`, the newest version that is in, and when it came; then the feeds that it
stands in, by their numbers in NAMES."""
PLACED = "{ledger}:placed"
"""Hash: article -> the feeds it stands in, by name: of those alone that came in before heads told them."""
NAMES = "{ledger}:names"
"""Hash: feed -> its number and number -> its feed, since an article stands in many; "" -> the last number given."""
MARKS = "{ledger}:marks"
"""Hash: feed -> the seq that last changed it."""
TURNS = "{ledger}:turns"
"""Hash: article -> `<version> <ms>` of one that took its turn and is not in: when its embargo ends, 0 if it was given
up. Gone as soon as a newer version is in."""
DUE = "{ledger}:due"
"""Sorted set: article with a waiting version, by when someone has to see to it (ms)."""
SPENT = "{ledger}:spent"
"""Set of `<article> <version>` that wait no more, whose texts are still to be deleted (`embargo.store`)."""
UNTOLD = "{ledger}:untold"
"""Sorted set: article of which a version began to wait or waits no more, by when someone has to tell who gets such
versions early (ms): at once, or when the lease of who does it ends (`embargo.untold`)."""
FORGOTTEN = "{ledger}:forgotten"
"""Set of `<article> <version>` that the ledger let go of, of which more is kept elsewhere (`retention`)."""
STANDS = (HEADS, TURNS, DUE, SPENT)

# Where an article stands: the newest version that is in, the newest that took its turn without (it waits for the end
# of its embargo, or was given up before), and when that ends (0: nothing waits). The last key is UNTOLD.
_STANDING = """
local function standing(article)
  local at, held, due, seq = 0, 0, 0, 0
  local head, turn = redis.call('HGET', KEYS[1], article), redis.call('HGET', KEYS[2], article)
  if head then
    local v, s = string.match(head, '^(%d+) (%d+)')
    at, seq = tonumber(v), tonumber(s)
  end
  if turn then
    local v, d = string.match(turn, '^(%d+) (%d+)')
    held, due = tonumber(v), tonumber(d)
  end
  return at, held, due, seq
end
local function let_go(article, held, due)
  if due > 0 then
    redis.call('ZREM', KEYS[3], article)
    redis.call('SADD', KEYS[4], article .. ' ' .. held)
    redis.call('ZADD', KEYS[#KEYS], 0, article)
  end
  if held > 0 then redis.call('HDEL', KEYS[2], article) end
end
"""

# The feeds an article stands in, and how they are written down.
_PLACES = """
local function names_of(article, head, placed, names)
  local numbers, found = string.match(head or '', '^%d+ %d+ %d+ (.+)$'), {}
  if not numbers then
    for feed in string.gmatch(redis.call('HGET', placed, article) or '', '%S+') do found[#found + 1] = feed end
    return found
  end
  local asked = {}
  for number in string.gmatch(numbers, '%d+') do asked[#asked + 1] = number end
  for _, feed in ipairs(redis.call('HMGET', names, unpack(asked))) do found[#found + 1] = feed or nil end
  return found
end
local function numbers_of(feeds, names)
  local found = redis.call('HMGET', names, unpack(feeds))
  for i, feed in ipairs(feeds) do
    if not found[i] then
      found[i] = redis.call('HINCRBY', names, '', 1)
      redis.call('HSET', names, feed, found[i], found[i], feed)
    end
  end
  return table.concat(found, ' ')
end
"""

# Numbers one version and places it in its feeds, whole or not at all. The names of the feeds' sets come from what
# the ledger holds, so they cannot all be named as KEYS; they share its slot.
# ARGV: article, version, force, ms, keep feeds, the head it was made upon (-1: any), ALL, the highest number known,
# count of fields, fields…, feeds…
APPEND = Script(
    _STANDING
    + BEYOND
    + _PLACES
    + PLACING
    + """
FEED, PIECES, PIECE = KEYS[9], KEYS[10], KEYS[11]
local article, version = ARGV[1], tonumber(ARGV[2])
local at, held, due, seq = standing(article)
if version == at then return {'repeated', seq} end
if version < at or version < held or (version == held and due == 0) then return {'repeated', math.max(at, held)} end
if at ~= tonumber(ARGV[6]) and ARGV[6] ~= '-1' then return {'moved', at} end
if version > math.max(at, held) + 1 and ARGV[3] ~= '1' then return {'early', math.max(at, held)} end
let_go(article, held, due)
local before, fields, last = seq, seq > 0 and {'before', seq} or {}, 9 + tonumber(ARGV[9])
local at, known = redis.call('INCR', KEYS[6]), tonumber(ARGV[8])
seq = at
if at <= known then
  seq = beyond(at, known) + 1
  redis.call('SET', KEYS[6], seq)
end
for i = 10, last do fields[#fields + 1] = ARGV[i] end
local head = redis.call('HGET', KEYS[1], article)
local stood = head and names_of(article, head, KEYS[7], KEYS[12]) or {}
local now, names = {}, {}
local function place(feed)
  if not now[feed] then
    now[feed] = true
    names[#names + 1] = feed
  end
end
if ARGV[5] == '1' then
  for _, feed in ipairs(stood) do place(feed) end
end
for i = last + 1, #ARGV do place(ARGV[i]) end
redis.call('XADD', KEYS[5], seq .. '-0', unpack(fields))
local marks = {}
for _, feed in ipairs(stood) do
  take(feed, before, article)
  if not now[feed] then
    marks[#marks + 1] = feed
    marks[#marks + 1] = seq
  end
end
for _, feed in ipairs(names) do
  put(feed, seq, now[ARGV[7]] and feed ~= ARGV[7] and seq or article)
  marks[#marks + 1] = feed
  marks[#marks + 1] = seq
end
redis.call('HSET', KEYS[8], unpack(marks))
redis.call('HDEL', KEYS[7], article)
redis.call('HSET', KEYS[1], article, version .. ' ' .. seq .. ' ' .. ARGV[4] .. ' ' .. numbers_of(names, KEYS[12]))
return {'appended', seq, at}
"""
)

# A version that is not to be read takes its turn without a number: nothing that a reader sees has changed in it, or
# it takes back what never was out. What waited is given up.
# ARGV: article, version, the head it was decided upon
PASS = Script(
    _STANDING
    + """
local article, version = ARGV[1], tonumber(ARGV[2])
local at, held, due = standing(article)
if version <= at or version < held or (version == held and due == 0) then return 'repeated' end
if at ~= tonumber(ARGV[3]) then return 'moved' end
let_go(article, held, due)
if at == 0 then
  redis.call('HSET', KEYS[2], article, version .. ' 0')
else
  local rest = string.match(redis.call('HGET', KEYS[1], article), '^%d+ (.*)')
  redis.call('HSET', KEYS[1], article, version .. ' ' .. rest)
end
return 'passed'
"""
)

# A version takes its turn and waits; what waited before it is given up.
# ARGV: article, version, force, when its embargo ends
HOLD = Script(
    _STANDING
    + """
local article, version = ARGV[1], tonumber(ARGV[2])
local at, held, due = standing(article)
local last = math.max(at, held)
if version <= last then return {'repeated', last} end
if version > last + 1 and ARGV[3] ~= '1' then return {'early', last} end
let_go(article, held, due)
redis.call('HSET', KEYS[2], article, version .. ' ' .. ARGV[4])
redis.call('ZADD', KEYS[3], ARGV[4], article)
redis.call('ZADD', KEYS[#KEYS], 0, article)
return {'held', version}
"""
)

# Gives out what is due, to one who has until the end of a lease to release it; answers when the next one is, too.
# ARGV: now, end of the lease, how many at most
DUE_NOW = Script("""
local given = {}
for _, article in ipairs(redis.call('ZRANGE', KEYS[1], '-inf', ARGV[1], 'BYSCORE', 'LIMIT', 0, ARGV[3])) do
  redis.call('ZADD', KEYS[1], ARGV[2], article)
  given[#given + 1] = article
end
return {redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2] or '', given}
""")

# Lets go of an article that stands where it was seen to, unless an update of it waits: it leaves its feeds, and nobody
# finds it any more. Feeds so short that readers may have seen it there are told to have changed.
# ARGV: article, its seq, how many articles a page shows at the most
FORGET = Script(
    _PLACES
    + PLACING
    + """
FEED, PIECES, PIECE = KEYS[7], KEYS[8], KEYS[9]
local article = ARGV[1]
local head = redis.call('HGET', KEYS[1], article)
if not head then return 0 end
local version, seq = string.match(head, '^(%d+) (%d+)')
if seq ~= ARGV[2] or redis.call('HEXISTS', KEYS[2], article) == 1 then return 0 end
for _, feed in ipairs(names_of(article, head, KEYS[4], KEYS[10])) do
  take(feed, seq, article)
  local left = count(feed, tonumber(ARGV[3]))
  if left == 0 then
    redis.call('HDEL', KEYS[5], feed)
    redis.call('HDEL', KEYS[10], feed, redis.call('HGET', KEYS[10], feed) or '-')
  elseif left < tonumber(ARGV[3]) then
    redis.call('HSET', KEYS[5], feed, redis.call('GET', KEYS[6]))
  end
end
redis.call('HDEL', KEYS[4], article)
redis.call('HDEL', KEYS[1], article)
if redis.call('HLEN', KEYS[10]) == 1 then redis.call('DEL', KEYS[10]) end
redis.call('SADD', KEYS[3], article .. ' ' .. version)
return 1
"""
)
