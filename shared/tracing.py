"""Tells of the line's work as spans, one trace for each correlation id, where they are collected; collects nothing."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from time import time_ns
from typing import NamedTuple, Protocol

TOLD = ("service", "source", "article_id", "version", "seq", "subscription", "attempt", "outcome", "status", "tries")
"""What of a line in the log a span has; no address, no body and no reason is among them."""


class Span(NamedTuple):
    """A piece of work from `start` to `end` (Unix ns) in the trace of `trace`; `id` is given of the first alone.

    `parent` is the first one's id, for what came after it.
    """

    name: str
    trace: int
    id: int | None
    parent: int | None
    start: int
    end: int
    attributes: Mapping[str, str | int]
    failed: bool


class Spans(Protocol):
    """Takes spans, and never waits."""

    def take(self, span: Span) -> None:
        """Have a span sent some time later, or drop it."""


class _Collected:
    """Where spans go; None while nobody asked for them."""

    spans: Spans | None = None


def collect(spans: Spans | None) -> None:
    """Have spans taken from now on, or no more."""
    _Collected.spans = spans


def told(line: Mapping[str, object], *, service: str = "", first: bool = False, failed: bool = False) -> None:
    """Tell of work that ended just now, given as what the log says of it: `event`, `correlation_id`, `ms` and more.

    `first` is the work that begins a trace, and that all else of it hangs on.
    """
    if _Collected.spans is not None:
        span = _span(line, service, first=first, failed=failed)
        if span is not None:
            _Collected.spans.take(span)


def trace_of(correlation_id: str) -> int:
    """Return the trace of a correlation id: that very number where it is one of 32 hex digits."""
    try:
        number = int(correlation_id, 16) if len(correlation_id) == 32 else 0
    except ValueError:
        number = 0
    return number or int.from_bytes(sha256(correlation_id.encode()).digest()[:16]) or 1


def _span(line: Mapping[str, object], service: str, *, first: bool, failed: bool) -> Span | None:
    correlation, ms, end = line.get("correlation_id"), line.get("ms"), time_ns()
    if not isinstance(correlation, str) or not correlation or not isinstance(ms, int | float):
        return None
    trace = trace_of(correlation)
    root = trace & 0xFFFF_FFFF_FFFF_FFFF or 1
    attributes: dict[str, str | int] = {"wireroom.service": service} if service else {}
    for name in TOLD:
        value = line.get(name)
        if isinstance(value, str | int):
            attributes[f"wireroom.{name}"] = value
    start = end - int(ms * 1_000_000)
    return Span(
        str(line["event"]), trace, root if first else None, None if first else root, start, end, attributes, failed
    )
