"""Sees to it that no number is given twice, also by a server that came back without the last, or without any."""

from __future__ import annotations

import time
from typing import Any

import structlog
from prometheus_client import Counter

from shared.metrics import REGISTRY
from shared.redis import Argument, Call, Script, Store

log = structlog.get_logger()

SEQ = "{ledger}:seq"
SERVER = "{ledger}:server"
"""The run of the server (`run_id`) by which the numbers were last seen to be whole."""

MARGIN = 10_000
"""At least so many numbers are passed over: more than were given since the highest was written down (`highwater`), or
than a replica that takes over lags behind. The last of them is a multiple of it."""

WENT_BACK = Counter(
    "wireroom_ledger_went_back_total", "Times the server had lost numbers that were given", registry=REGISTRY
)

# What passes over every number that may have been given, for the scripts that have to.
BEYOND = f"""
local function beyond(at, known)
  return math.ceil(math.max(at, known) / {MARGIN} + 1) * {MARGIN}
end
"""


def may_follow_a_gap(seq: int) -> bool:
    """Tell whether the numbers before one may have been passed over: no other entries' were."""
    return seq % MARGIN == 1


# Has numbering go on beyond all that were given: where one is known that the server has not, or where it is another
# run of it, which may have lost its last second. A run of before that ended well had given none after `final`; and who
# alone gave numbers knows the highest, and whether it is there.
# KEYS: SEQ, SERVER. ARGV: the highest number known, `final`, whether it was given alone
GO_ON = Script(
    BEYOND
    + """
local told = redis.pcall('INFO', 'server')
local run = type(told) == 'string' and string.match(told, 'run_id:(%x+)') or ''
local at, known = tonumber(redis.call('GET', KEYS[1]) or 0), tonumber(ARGV[1])
local was = redis.call('GET', KEYS[2])
if run ~= '' and was ~= run then redis.call('SET', KEYS[2], run) end
local another = was and run ~= '' and was ~= run and at > 0 and at ~= tonumber(ARGV[2]) and ARGV[3] ~= '1'
if at >= known and not another then return {at, at} end
local last = beyond(at, known)
redis.call('SET', KEYS[1], last)
return {at, last}
"""
)


class Numbering:
    """The highest number known to be given, and the script that holds the server to it on each new connection."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.known, self._final = 0, -1
        self._vouched_until = 0.0
        self.settled = False
        """Whether the server at the other end was asked on this connection, and answered: one that is full, or has no
        replica near, may refuse this and take what comes a moment later."""

    def begin(self, known: int, *, final: bool) -> None:
        """Hold the server to the highest number that was written down; `final` when none was given after it."""
        self.known, self._final = max(self.known, known), known if final else -1
        self._store.run_first(GO_ON, self._call, self._heard)

    def vouch(self, seconds: float) -> None:
        """Take what is known for all there is, for so long: nobody else gives numbers."""
        self._vouched_until = time.monotonic() + seconds

    def saw(self, seq: int) -> int:
        """Take note of a number that the ledger holds, and return it."""
        self.known = max(self.known, seq)
        return seq

    async def settle(self) -> None:
        """Have numbering go on beyond all that were given, where it must. Raises RedisError."""
        keys, args = self._call()
        self._heard(await self._store.run(GO_ON, keys=keys, args=args))

    def went_back(self, at: int, known: int, last: int) -> None:
        """Tell that numbers up to `known` were given and lost after `at`; the next follows on `last`."""
        WENT_BACK.inc()
        log.warning("ledger.went_back", latest=at, known=known, next=last + 1)

    def _call(self) -> Call:
        self.settled = False
        args: list[Argument] = [self.known, self._final, int(time.monotonic() < self._vouched_until)]
        return [SEQ, SERVER], args

    def _heard(self, reply: Any) -> None:
        at, last = reply
        if at < self.known <= last and last != at:
            self.went_back(at, self.known, last)
        elif last != at:
            log.info(
                "ledger.went_on", latest=at, next=last + 1, reason="the server was restarted, or another took over"
            )
        self.saw(last)
        self._final, self.settled = -1, True
