"""A feed's articles, in pieces so small that the server keeps each as one listpack; scripts.py puts them there.

A feed is one sorted set until it is full. That is then renamed, and the next ones come into a new one: what is in a
piece ended with the number it is called by, and what is not is in the newest, which has the feed's own name. Of a
hundred bytes that a place took, sixty were the server's.

Only ALL says which article stands at a number: every other feed holds the number alone, which takes a quarter of the
room. What came before that was so, and what does not stand in ALL, is in feeds by its article.
"""

from __future__ import annotations

from shared.redis import Script

ALL = "all"
"""The feed that every article stands in."""
FEED = "{ledger}:feed:"
"""Sorted sets, one a feed: the seq of an article's newest version, or the article by it; of a longer feed its newest
piece."""
PIECES = "{ledger}:pieces:"
"""Sorted sets, one a longer feed: the numbers its older pieces ended with, as member and score."""
PIECE = "{ledger}:piece:"
"""Sorted sets, one an older piece, `<number it ended with>:<feed>`: what is in it of what a feed's set held."""
FEEDS = (FEED, PIECES, PIECE)

# What moves articles in and out of feeds; the three keys are set by the script that uses it.
PLACING = """
local FULL = 128
local FEED, PIECES, PIECE
local function put(feed, seq, member)
  local set = FEED .. feed
  if redis.call('ZCARD', set) >= FULL then
    local last = redis.call('ZRANGE', set, -1, -1, 'WITHSCORES')[2]
    redis.call('ZADD', PIECES .. feed, last, last)
    redis.call('RENAME', set, PIECE .. last .. ':' .. feed)
  end
  redis.call('ZADD', set, seq, member)
end
local function take(feed, seq, article)
  if redis.call('ZREM', FEED .. feed, seq, article) == 1 then return end
  local last = redis.call('ZRANGE', PIECES .. feed, seq, '+inf', 'BYSCORE', 'LIMIT', 0, 1)[1]
  if not last then return end
  local set = PIECE .. last .. ':' .. feed
  redis.call('ZREM', set, seq, article)
  if redis.call('EXISTS', set) == 0 then redis.call('ZREM', PIECES .. feed, last) end
end
local function count(feed, enough)
  local found = redis.call('ZCARD', FEED .. feed)
  for at = redis.call('ZCARD', PIECES .. feed) - 1, 0, -1 do
    if found >= enough then break end
    found = found + redis.call('ZCARD', PIECE .. redis.call('ZRANGE', PIECES .. feed, at, at)[1] .. ':' .. feed)
  end
  return found
end
"""

# Answers the newest articles of a feed below a number. ARGV: feed, the number or '+inf', how many at most, ALL.
NEWEST = Script("""
local feed, before, most, all = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
local top = before == '+inf' and before or '(' .. before
local found = redis.call('ZRANGE', KEYS[1] .. feed, top, '-inf', 'BYSCORE', 'REV', 'LIMIT', 0, most)
local last = redis.call('ZCARD', KEYS[2] .. feed) - 1
for at = math.min(last, redis.call('ZCOUNT', KEYS[2] .. feed, '-inf', top)), 0, -1 do
  if #found >= most then break end
  local set = KEYS[3] .. redis.call('ZRANGE', KEYS[2] .. feed, at, at)[1] .. ':' .. feed
  for _, article in ipairs(redis.call('ZRANGE', set, top, '-inf', 'BYSCORE', 'REV', 'LIMIT', 0, most - #found)) do
    found[#found + 1] = article
  end
end

-- Which articles stand at numbers is asked of each piece of ALL once, or for each number where they are far apart.
local CLOSE = 6
local function number(at) return tonumber(string.match(found[at] or '', '^%d+$')) end
local pieces, at = KEYS[2] .. all, 1
while at <= #found do
  if number(at) then
    local till = redis.call('ZRANGE', pieces, found[at], '+inf', 'BYSCORE', 'LIMIT', 0, 1)[1]
    local low = redis.call('ZRANGE', pieces, '(' .. found[at], '-inf', 'BYSCORE', 'REV', 'LIMIT', 0, 1)[1]
    local upto, articles = at, {}
    while number(upto + 1) and number(upto + 1) > tonumber(low or 0) do upto = upto + 1 end
    local set = till and KEYS[3] .. till .. ':' .. all or KEYS[1] .. all
    if number(at) - number(upto) < CLOSE * (upto - at + 1) then
      local there = redis.call('ZRANGE', set, found[upto], found[at], 'BYSCORE', 'WITHSCORES')
      for i = 1, #there, 2 do articles[there[i + 1]] = there[i] end
    else
      for i = at, upto do articles[found[i]] = redis.call('ZRANGE', set, found[i], found[i], 'BYSCORE')[1] end
    end
    for i = at, upto do found[i] = articles[found[i]] or found[i] end
    at = upto
  end
  at = at + 1
end
return found
""")

# Answers the articles of a feed that nothing came of for longest, these first. ARGV: feed, how many at most
OLDEST = Script("""
local feed, most, found = ARGV[1], tonumber(ARGV[2]), {}
local function add(set)
  for _, article in ipairs(redis.call('ZRANGE', set, 0, most - #found - 1)) do found[#found + 1] = article end
end
for at = 0, redis.call('ZCARD', KEYS[2] .. feed) - 1 do
  if #found >= most then return found end
  add(KEYS[3] .. redis.call('ZRANGE', KEYS[2] .. feed, at, at)[1] .. ':' .. feed)
end
if #found < most then add(KEYS[1] .. feed) end
return found
""")
