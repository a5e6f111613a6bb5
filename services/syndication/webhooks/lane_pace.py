"""How many deliveries a lane may have on their way, and since when again, in Lua; what changes that is its health."""

from __future__ import annotations

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
"""
