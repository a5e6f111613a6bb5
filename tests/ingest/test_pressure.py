"""When intake waits, and when it goes on."""

from __future__ import annotations

from redis.exceptions import ResponseError

from services.ingest.pressure import FULL_SECONDS, Pressure
from shared.redis import RedisError


class Gauge:
    def __init__(self) -> None:
        self.depth, self.seconds = 0, 100.0

    async def measured(self) -> int:
        return self.depth

    def clock(self) -> float:
        return self.seconds


async def test_a_long_line_makes_intake_wait_until_it_is_clearly_shorter() -> None:
    gauge = Gauge()
    pressure = Pressure(gauge.measured, gauge.clock, limit=100)
    reasons = []
    for depth in (100, 101, 90, 80, 100):
        gauge.depth = depth
        await pressure.measure()
        reasons.append(pressure.reason())
    waits = "more than 100 articles wait to be handled"
    assert reasons == [None, waits, waits, None, None]


def test_a_refused_write_makes_intake_wait_a_moment_and_another_error_does_not() -> None:
    gauge = Gauge()
    pressure = Pressure(gauge.measured, gauge.clock)
    pressure.tell(RedisError("Connection reset"))
    assert pressure.reason() is None
    pressure.tell(ResponseError("OOM command not allowed when used memory > 'maxmemory'."))
    assert pressure.reason() == "the store is full"
    gauge.seconds += FULL_SECONDS
    assert pressure.reason() is None
