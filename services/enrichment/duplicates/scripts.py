"""The Lua by which one span of the index is looked into and written; what keys hold is told in index.py."""

from __future__ import annotations

from shared.redis import Script

# The keys of a span are named here, not in KEYS: which of them an article needs depends on what is in them. They share
# one hash tag. The last of KEYS is never there: where a cluster moves the slot key by key, it has a script wait whose
# keys are not all in one place, and could not know of these. A record is 96 lanes, four bands of the beginning, then
# size and version, two bytes each.
_COMMON = """
local SPANS, span = #KEYS - 1, KEYS[1]
local function named(name) return tonumber(redis.call('HGET', span .. ':n:' .. string.byte(name), name) or -1) end
local function chunk(kind, n) return span .. ':' .. kind .. ':' .. math.floor(n / 128), n % 128 end
local function record(n)
  local key, at = chunk('s', n)
  return redis.call('GETRANGE', key, at * 116, at * 116 + 115)
end
local function number(text, at) return string.byte(text, at) * 256 + string.byte(text, at + 1) end
local function place(shelf, band, lanes)
  local first = band * 4 + 1
  local key = band * 64 + string.byte(lanes, first) % 64
  return span .. ':' .. shelf .. ':' .. key, string.sub(lanes, first + 1, first + 3)
end
local function forget(n)
  local lanes, shelf = record(n), math.floor(n / 32768)
  for band = 0, #lanes == 116 and 27 or -1 do
    local key, field = place(shelf, band, lanes)
    if tonumber(redis.call('HGET', key, field) or -1) == n % 32768 then redis.call('HDEL', key, field) end
  end
end
"""

# Finds what shares a band with an article, or begins as it does, and came before it; then takes the article in, or its
# new version in place of the old one, in the span that it first came in. Asked again, it finds the same. A copy of
# something found is not put into bands: who is like it is like that too.
# KEYS: spans, the newest first. ARGV: id, its name, record, exact, take in (1), or look and renew (0), seconds to live,
# equal lanes that make a copy, those without which it is near to nothing (unless it is exact). Answers for each found
# that has these, oldest first: id, equal lanes, equal bands of the beginning, size, exact (1 or 0), verdict.
LOOK = Script(
    _COMMON
    + """
local id, name, mine, exact = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local same, least = tonumber(ARGV[7]), tonumber(ARGV[8])
local lanes, found, copy = {string.byte(mine, 1, 96)}, {}, false
local keys, fields = {}, {}
for band = 0, 27 do
  keys[band] = band * 64 + string.byte(mine, band * 4 + 1) % 64
  fields[band] = string.sub(mine, band * 4 + 2, band * 4 + 4)
end

local function compare(other, exactly)
  local theirs = record(other)
  if #theirs < 116 or number(theirs, 113) == 0 then return false end
  local equal, begins = 0, 0
  local others = {string.byte(theirs, 1, 96)}
  for i = 1, 96 do if others[i] == lanes[i] then equal = equal + 1 end end
  if equal < least and other ~= exactly then return true end
  for i = 97, 112, 4 do if string.sub(theirs, i, i + 3) == string.sub(mine, i, i + 3) then begins = begins + 1 end end
  local key, at = chunk('d', other)
  local verdicts = chunk('r', other)
  copy = copy or equal >= same
  found[#found + 1] = {redis.call('HGET', key, at), equal, begins, number(theirs, 113), other == exactly and 1 or 0,
    redis.call('HGET', verdicts, at) or ''}
  return true
end

-- Answers who began in the same way, or -1; `before` is the article's own number, if it has one in this span. With
-- `claim`, where nobody is in a band, the article that comes is put there right away, and its places are noted.
local places
local function look(before, claim)
  local following = tonumber(redis.call('HGET', span, 'next') or 0)
  local seen, order, last = {}, {}, math.floor((following - 1) / 32768)
  if claim and not copy and following % 32768 > 0 then places = {} end
  local function note(other)
    if other >= 0 and (before < 0 or other < before) and not seen[other] then
      seen[other] = true
      order[#order + 1] = other
    end
  end
  local exactly = named(exact)
  note(exactly)
  for shelf = 0, last do
    local prefix = span .. ':' .. shelf .. ':'
    for band = 0, 27 do
      local key, field = prefix .. keys[band], fields[band]
      if places and shelf == last and redis.call('HSETNX', key, field, following % 32768) == 1 then
        places[#places + 1] = {key, field}
      else
        local at = redis.call('HGET', key, field)
        if at then note(shelf * 32768 + tonumber(at)) end
      end
    end
  end
  table.sort(order)
  for _, other in ipairs(order) do
    if not compare(other, exactly) and other == exactly then exactly = -1 end
  end
  return exactly
end

local home, n, write = 1, -1, ARGV[5] == '1'
for i = 1, SPANS do
  span = KEYS[i]
  n = named(name)
  if n >= 0 then
    home = i
    break
  end
end
for i = SPANS, home + 1, -1 do
  span = KEYS[i]
  look(-1)
end
span = KEYS[home]
if n >= 0 then
  local old = record(n)
  write = #old == 116 and number(old, 115) <= number(mine, 115)
  if write and string.sub(old, 1, 112) ~= string.sub(mine, 1, 112) then forget(n) end
end
local exactly = look(n, write and n < 0)
if not write then return found end

local till = redis.call('HGET', span, 'till')
local function make(key, size)
  if size then redis.call('SETRANGE', key, size - 1, string.char(0)) else redis.call('HSET', key, '', '') end
  redis.call('EXPIREAT', key, till)
end
if n < 0 then
  n = tonumber(redis.call('HGET', span, 'next') or 0)
  if not till then
    till = redis.call('TIME')[1] + ARGV[6]
    redis.call('HSET', span, 'till', till)
    redis.call('EXPIREAT', span, till)
    for i = 0, 255 do make(span .. ':n:' .. i) end
  end
  if n % 32768 == 0 then
    for i = 0, 1791 do make(span .. ':' .. math.floor(n / 32768) .. ':' .. i) end
  end
  if n % 128 == 0 then
    make((chunk('s', n)), 14848)
    make((chunk('d', n)))
  end
  redis.call('HSET', span, 'next', n + 1)
  redis.call('HSET', span .. ':n:' .. string.byte(name), name, n)
  local key, at = chunk('d', n)
  redis.call('HSET', key, at, id)
end
local key, at = chunk('s', n)
redis.call('SETRANGE', key, at * 116, mine)
local verdicts = chunk('r', n)
redis.call('HDEL', verdicts, at)
if exactly < 0 then redis.call('HSET', span .. ':n:' .. string.byte(exact), exact, n) end
if places then
  for _, taken in ipairs(copy and places or {}) do redis.call('HDEL', taken[1], taken[2]) end
  return found
end
for band = 0, copy and -1 or 27 do
  local key, field = place(math.floor(n / 32768), band, mine)
  redis.call('HSETNX', key, field, n % 32768)
end
return found
"""
)

# Keeps whose copy or revision an article is, so that what is found to be like it can be told of the story's first.
# KEYS: spans. ARGV: name, verdict, copy (1 or 0).
SETTLE = Script(
    _COMMON
    + """
for i = 1, SPANS do
  span = KEYS[i]
  local n = named(ARGV[1])
  if n >= 0 then
    local key, at = chunk('r', n)
    redis.call('HSET', key, at, ARGV[2])
    redis.call('EXPIREAT', key, redis.call('HGET', span, 'till'))
    if ARGV[3] == '1' then forget(n) end
    return 1
  end
end
return 0
"""
)

# Takes an article out: nothing is found to be like it any more. What is left of it keeps older versions out.
# KEYS: spans. ARGV: name, the record of nothing.
WITHDRAW = Script(
    _COMMON
    + """
for i = 1, SPANS do
  span = KEYS[i]
  local n = named(ARGV[1])
  if n >= 0 then
    forget(n)
    local key, at = chunk('s', n)
    redis.call('SETRANGE', key, at * 116, ARGV[2])
  end
end
return 1
"""
)
