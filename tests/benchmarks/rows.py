"""The shape of a benchmark's result, and the arithmetic that all of them share."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure: what was measured, in which unit, beside its raw ceiling and target in the same unit, if any."""

    name: str
    value: float
    unit: str
    ceiling: float | None = None
    target: float | None = None
    """The least ratio of value to ceiling that design asks for; for times, the most."""
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Return value / ceiling, or None without a ceiling."""
        return self.value / self.ceiling if self.ceiling else None


@dataclass(frozen=True, slots=True)
class Lap:
    """One timed piece of work: things done per second of wall time, and microseconds of CPU for each."""

    rate: float
    cpu: float


class Stopwatch:
    """Times one lap of `count` things in this process."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def lap(self, count: int) -> Lap:
        wall, cpu = time.perf_counter() - self._wall, time.process_time() - self._cpu
        return Lap(count / wall, cpu / count * 1e6)


def middle(laps: list[Lap]) -> Lap:
    """Return the medians of some laps."""
    return Lap(median(lap.rate for lap in laps), median(lap.cpu for lap in laps))


def median_ratio(ours: list[Lap], raw: list[Lap]) -> float:
    """Return the median of the rounds' ratios: neighbours in time, so that a busy machine slows both."""
    return median(one.rate / other.rate for one, other in zip(ours, raw, strict=True))


def percentiles(times: Iterable[float], *shares: float) -> list[float]:
    """Return the values below which those shares of some times are, to the nearest that was measured."""
    ordered = sorted(times)
    return [ordered[min(int(len(ordered) * share), len(ordered) - 1)] for share in shares]


def ms(work: Callable[[], object], times: int) -> float:
    """Return the median milliseconds of one."""
    found = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        found.append((time.perf_counter() - started) * 1e3)
    return median(found)
