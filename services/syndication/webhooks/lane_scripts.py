"""The scripts of one subscription's lanes: atomic, idempotent, within one hash slot; `Lanes` runs them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from services.syndication.webhooks.lane_claims import CLAIMS, DUE
from services.syndication.webhooks.lane_digests import DIGESTS, REPACE
from services.syndication.webhooks.lane_early import EARLY
from services.syndication.webhooks.lane_exhausted import EXHAUSTED
from services.syndication.webhooks.lane_health import HEALTH
from services.syndication.webhooks.lane_lines import LINES
from services.syndication.webhooks.lane_pace import PACE
from services.syndication.webhooks.lane_put import CATCH_UP, ENQUEUE, PUT
from services.syndication.webhooks.lane_requeue import HASTEN, MOVED, REQUEUE
from services.syndication.webhooks.lane_sent import COUNTED, DAY, DAYS, HOUR, HOURS, KEPT_SECONDS, SENT, WIDTH
from services.syndication.webhooks.lane_state import STATE
from services.syndication.webhooks.pacing import MAX_IN_FLIGHT, Patience
from services.syndication.webhooks.store import NOTICES_FROM
from shared.redis import Script

STEP = """
local limit, cap, records = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
if records == 0 then redis.call('HDEL', S, '') end -- see HINT

local function is_held(item, fence) return item and string.match(item, '^%d+') == fence end

local UNWANTED = 'the receiver asks for no more messages'

local function give_up_on(why)
  trouble = calm(0, 0)
  trouble.since, trouble.warned = now, 4
  disable(why)
end

-- What went together is one success or failure: of all but the first the kind ends in a plus sign.
-- All are looked up at once, and landed at once: who is not on its way any more waits to be claimed again.
local kept, at, seqs, found, landed, here = {}, 6, {}, {}, {}, {}
for n = 1, records do seqs[n] = ARGV[7 * n - 1] end
if records > 0 then found = redis.call('HMGET', I, unpack(seqs)) end
for n, seq in ipairs(seqs) do
  found[n] = not here[seq] and is_held(found[n], ARGV[7 * n]) and found[n]
  if found[n] then
    landed[#landed + 1] = seq
    here[seq] = true
  end
end
if #landed > 0 then
  local flew = redis.call('ZREM', F, unpack(landed))
  more_in(F, -flew)
  for n = 1, flew < #landed and #landed or 0 do wait_no_more(landed[n]) end
end
for n = 1, records do
  local seq, fence, kind = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  local due, hold, log = tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4]), ARGV[at + 5]
  local told, counts = ARGV[at + 6], string.sub(kind, -1) ~= '+'
  if not counts then kind = string.sub(kind, 1, -2) end
  at = at + 7
  kept[n] = found[n] and 1 or 0
  if found[n] then
    local _, failures, previous, superseded, rest = split(found[n])
    ended(seq, told)
    if kind == 'done' or kind == 'last' then
      leave(seq, article_of(rest))
      if counts then succeeded() end
      if kind == 'last' then give_up_on(UNWANTED) end
    elseif kind == 'dropped' then
      leave(seq, article_of(rest))
    elseif kind == 'gave_up' then
      leave(seq, article_of(rest))
      if counts then failed(hold) end
      exhaust(seq, log)
    else
      if due < 0 then
        leave(seq, article_of(rest))
      else
        if kind ~= 'back' then
          redis.call('HSET', I, seq, join(fence, failures + 1, previous, superseded, rest))
        end
        put_off(due, seq, rest)
      end
      if kind == 'retry' and counts then failed(hold) end
      if kind == 'disable' then give_up_on('the receiver answered 410 Gone') end
      if kind == 'unwanted' then give_up_on(UNWANTED) end
    end
    if log ~= '' then redis.call('XADD', LOG, 'MAXLEN', '~', 1000, '*', 'attempt', log) end
  end
end
while at < #ARGV do
  if is_held(redis.call('HGET', I, ARGV[at]), ARGV[at + 1]) then redis.call('ZADD', F, 'XX', now + LEASE, ARGV[at]) end
  at = at + 2
end
count()
return answer(claim(limit, cap), kept, cap)
"""

ACTIVATE = """
status, trouble = 'active', nil
change('status', status)
change('reason', '')
redis.call('ZUNIONSTORE', Q, 1, Q, 'WEIGHTS', 0)
redis.call('ZUNIONSTORE', U, 1, U, 'WEIGHTS', 0)
return answer({}, {}, tonumber(ARGV[3]))
"""

PEEK = """
local untold = redis.call('HMGET', S, 'untold', 'exhausted')
exhausted = untold[2] and cjson.decode(untold[2]).count > 0 and 1 or 0
local due, waiting = string.format('%.0f', next_due(tonumber(ARGV[3]))), count_of(Q) + count_of(U)
counts[F] = 0
local waiting_due = string.format('%.0f', next_due(tonumber(ARGV[3])))
local revision, notice = tonumber(had[2] or 0), untold[1] or ''
return {due, revision, {}, {}, status, notice, missed, waiting, 0, exhausted, items, waiting_due}
"""

TOLD = Script("if redis.call('HGET', KEYS[1], 'untold') == ARGV[1] then redis.call('HDEL', KEYS[1], 'untold') end")
"""ARGV: the notice that was passed on."""

LOST = 1_000_000
"""More than any schedule has attempts."""

CUT_EVERY_MS = 1_000
TOLERANCE_MS = 20
SUPERSEDED_KEPT = 32 * 13 - 1
SKIPPED_KEPT = 256


@dataclass(frozen=True, slots=True)
class LaneScripts:
    """All scripts of lanes, built with one patience. The first two arguments are always now and the spread of pauses.

    enqueue: limit, cap, then seq, article, packed for each entry, in order of seq.
    catch_up: cap, from which seq, where to go on, then seq, article, packed for each.
    step: limit, cap, how many records; seq, fence, kind, due, hold, log, what the receipt says for each; seq, fence of
        leases to renew.
    requeue: see `lane_requeue`.
    early: cap, seq, article, packed.
    hasten, moved, activate, repace and peek: cap.
    """

    enqueue: Script
    catch_up: Script
    step: Script
    requeue: Script
    early: Script
    hasten: Script
    moved: Script
    activate: Script
    repace: Script
    peek: Script


def lane_scripts(patience: Patience) -> LaneScripts:
    """Build the scripts."""
    names = {
        "LEASE": patience.lease,
        "LOST": LOST,
        "MOST_PENDING": patience.most_pending,
        "MAX_IN_FLIGHT": MAX_IN_FLIGHT,
        "FIRST_WINDOW": patience.first_window,
        "STREAK": patience.streak,
        "PAUSE": patience.pause,
        "LONGEST_PAUSE": patience.longest_pause,
        "WARN_1": patience.warn[0],
        "WARN_2": patience.warn[1],
        "WARN_3": patience.warn[2],
        "DISABLE": patience.disable,
        "CANARY": patience.canary,
        "LONGEST_CANARY": patience.longest_canary,
        "CUT_EVERY": CUT_EVERY_MS,
        "TOLERANCE": TOLERANCE_MS,
        "SUPERSEDED_KEPT": SUPERSEDED_KEPT,
        "SKIPPED_KEPT": SKIPPED_KEPT,
        "SENT_WIDTH": WIDTH,
        "SENT_SECONDS": KEPT_SECONDS,
        "LEDGER_END": NOTICES_FROM,
        "HOUR": HOUR,
        "HOURS": HOURS,
        "DAY": DAY,
        "DAYS": DAYS,
    }
    looking = STATE + DIGESTS + EXHAUSTED + PACE + DUE
    common = STATE + DIGESTS + SENT + EXHAUSTED + PACE + LINES + DUE + CLAIMS
    lua = (
        common + PUT + ENQUEUE,
        common + PUT + CATCH_UP,
        common + COUNTED + HEALTH + STEP,
        *(common + each for each in (REQUEUE, EARLY, HASTEN, MOVED, ACTIVATE, REPACE)),
        looking + PEEK,
    )
    return LaneScripts(*(Script(_filled_in(each, names)) for each in lua))


def _filled_in(lua: str, names: Mapping[str, float]) -> str:
    """Put numbers in the place of their names: as locals they would cost each run of a script some microseconds."""
    return re.sub(rf"\b({'|'.join(names)})\b", lambda found: str(names[found[0]]), lua)
