"""Plots of the line as the points of an SVG's lines; drawing them is the template's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from services.syndication.console.line import SPAN, Sample
from services.syndication.ledger.numbering import MARGIN

WIDTH, HEIGHT, FOOT = 360, 120, 4


@dataclass(frozen=True, slots=True)
class Plot:
    """One measure over time: what it is now, the most it was, and its line; `points` is empty until there are two."""

    name: str
    about: str
    now: str
    most: str
    points: str
    width: int = WIDTH
    height: int = HEIGHT


def plots(samples: Sequence[Sample]) -> list[Plot]:
    """Return the plots of samples, the oldest first; none before the first sample."""
    if not samples:
        return []
    times = [sample.at for sample in samples]
    waiting = [
        _plot(name, "events on the stream", times, [float(sample.depths.get(name, 0)) for sample in samples])
        for name in samples[-1].depths
    ]
    rates = [_rate(one, other) for one, other in pairwise(samples)]
    return [*waiting, *([_plot("ledger", "entries a minute", times[1:], rates)] if rates else [])]


def _rate(one: Sample, other: Sample) -> float:
    """Return entries a minute between two samples; none where it was begun anew, nor of numbers passed over."""
    seconds, grown = other.at - one.at, max(0, other.latest - one.latest)
    grown = grown if grown < MARGIN else other.latest % MARGIN
    return grown * 60 / seconds if seconds > 0 else 0.0


def _plot(name: str, about: str, times: Sequence[float], values: Sequence[float]) -> Plot:
    most = max(values)
    scale, end = max(most, 1.0), times[-1]
    points = (
        f"{_within(WIDTH - (end - at) / SPAN * WIDTH, WIDTH):.1f},{_y(value / scale):.1f}"
        for at, value in zip(times, values, strict=True)
    )
    return Plot(name, about, f"{values[-1]:,.0f}", f"{most:,.0f}", " ".join(points) if len(times) > 1 else "")


def _y(share: float) -> float:
    return HEIGHT - FOOT - share * (HEIGHT - 2 * FOOT)


def _within(x: float, most: float) -> float:
    return min(max(x, 0.0), most)
