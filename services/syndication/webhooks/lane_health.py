"""What successes and failures do to a lane, in Lua: its window, its breaker, its warnings, its end."""

from __future__ import annotations

HEALTH = """
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
