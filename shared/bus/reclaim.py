"""Signs of life for what we hold, and taking over what dead consumers held."""

from __future__ import annotations

from typing import Any

import structlog

from shared.bus.own import KEEP
from shared.bus.reader import Reader
from shared.redis import ResponseError, Script

log = structlog.get_logger()

# Consumer names are never used twice, so empty ones of dead processes go; one that owns entries must stay,
# because XGROUP DELCONSUMER drops what it owns.
PRUNE = Script("""
local gone = 0
for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  local name, pending, idle
  for i = 1, #consumer, 2 do
    if consumer[i] == 'name' then name = consumer[i + 1] end
    if consumer[i] == 'pending' then pending = consumer[i + 1] end
    if consumer[i] == 'idle' then idle = consumer[i + 1] end
  end
  if pending == 0 and idle > tonumber(ARGV[2]) then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], name)
    gone = gone + 1
  end
end
return gone
""")

AT_ONCE = 200
SOON = 0.2


async def reclaim(reader: Reader) -> float | None:
    """Keep what is ours, take over what has been idle; return the seconds to the next round if it is soon."""
    try:
        return await _round(reader)
    except ResponseError as error:
        # The stream or group is missing: the watch makes it, and there is nothing to take over meanwhile.
        if "NOGROUP" in str(error) or "no such key" in str(error):
            return SOON
        raise


async def _round(reader: Reader) -> float | None:
    await _keep(reader)
    route, limits = reader.route, reader.limits
    longest = max(60_000, int(limits.idle * 4000))
    await reader.store.run(PRUNE, keys=[route.source], args=[route.group, longest])
    room = min(AT_ONCE, limits.in_hand - len(reader.in_hand))
    if room <= 0:
        return None
    idle = int(limits.idle * 1000)
    # redis-py types these replies for text and for bytes at once; this client's are bytes.
    rows: Any = await reader.store.at(
        route.source,
        lambda client: client.xpending_range(route.source, route.group, min="-", max="+", count=room, idle=idle),
    )
    tries = {row["message_id"]: row["times_delivered"] for row in rows}
    for entry_id in tries.keys() & reader.in_hand.keys():
        del tries[entry_id]
    if not tries:
        return None
    claimed: Any = await reader.store.at(
        route.source,
        lambda client: client.xclaim(route.source, route.group, route.consumer, idle, list(tries)),
    )
    for entry_id, fields in claimed:
        if tries[entry_id] >= limits.tries:
            reader.give_up(entry_id, fields, tries[entry_id])
        else:
            reader.take(entry_id, fields, tries[entry_id])
    if claimed:
        log.info("events.reclaimed", stream=route.stream, count=len(claimed))
    return 0.0 if len(rows) == room else None


async def _keep(reader: Reader) -> None:
    held = list(reader.in_hand)
    route = reader.route
    for start in range(0, len(held), AT_ONCE):
        args: list[str | bytes] = [route.group, route.consumer, *held[start : start + AT_ONCE]]
        reader.lose(await reader.store.run(KEEP, keys=[route.source], args=args))
