"""How what goes out before its article is in the ledger is put in a lane, in Lua; what it is, is decided elsewhere."""

from __future__ import annotations

# Early seqs are of LEDGER_END on, though what they bring is older than all that the ledger will have of the article:
# `put` counts them so. What waits or flies of the ledger they must not be put behind, for they would take its place;
# nor before what is missed, which is older than they are.
EARLY = """
local cap, seq, article, packed = tonumber(ARGV[3]), ARGV[4], ARGV[5], ARGV[6]
local lane = redis.call('HGET', L, article)
local seqs = lane and listed(lane) or {}
if missed ~= '' or (lane and tonumber(seqs[#seqs]) < LEDGER_END) then return answer({}, {0}, cap) end
if lane and seqs[#seqs] >= seq then return answer({}, {1}, cap) end
redis.call('HSET', I, seq, join(1, 0, 0, '-', packed))
seqs[#seqs + 1] = seq
if lane then
  supersede(article, seqs)
else
  redis.call('HSET', L, article, seq)
  enter(seq, packed)
end
return answer({}, {1}, cap)
"""
