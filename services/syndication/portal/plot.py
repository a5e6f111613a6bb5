"""A plot of how long attempts took, as the bars of an SVG; drawing it is the template's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log10
from typing import Any

WIDTH, HEIGHT, FOOT = 720, 160, 18
LEAST, MOST = 1.0, 20_000.0
"""Milliseconds between which the logarithmic scale runs."""

LINES = (1, 10, 100, 1000, 10_000)


@dataclass(frozen=True, slots=True)
class Bar:
    """One attempt: where it stands, and what is said of it when it is pointed at."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class Line:
    """A time on the scale."""

    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Plot:
    """Attempts from the earliest to the latest."""

    bars: tuple[Bar, ...]
    lines: tuple[Line, ...]
    width: int = WIDTH
    height: int = HEIGHT


def plot(attempts: Sequence[Mapping[str, Any]]) -> Plot:
    """Return the plot of attempts as the log has them, latest first."""
    timed = [one for one in reversed(attempts) if one.get("ms") is not None]
    step = WIDTH / max(len(timed), 40)
    bars = tuple(_bar(number * step, step, one) for number, one in enumerate(timed))
    return Plot(bars, tuple(Line(round(_y(ms), 1), _label(ms)) for ms in LINES))


def _bar(x: float, step: float, one: Mapping[str, Any]) -> Bar:
    y = _y(float(one["ms"]))
    kind = "well" if one["outcome"] == "delivered" else "ill"
    title = f"{float(one['ms']):.0f} ms, {one['outcome']}, seq {one['seq']}"
    return Bar(round(x, 2), round(y, 1), round(max(step * 0.8, 1), 2), round(HEIGHT - FOOT - y, 1), kind, title)


def _y(ms: float) -> float:
    share = log10(min(max(ms, LEAST), MOST) / LEAST) / log10(MOST / LEAST)
    # Even the shortest can be seen.
    return (HEIGHT - FOOT) - max(2.0, share * (HEIGHT - FOOT - 8))


def _label(ms: int) -> str:
    return f"{ms} ms" if ms < 1000 else f"{ms // 1000} s"
