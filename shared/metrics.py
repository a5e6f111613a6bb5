"""What is counted and timed, for Prometheus; the numbers of one process."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()
UNPUBLISHED = CollectorRegistry()
"""What tells of articles that nobody is to know of yet: for the admin alone."""

_QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

HANDLED = Counter("wireroom_events_handled_total", "Events handled", ["stream", "group", "result"], registry=REGISTRY)
FAILED = Counter("wireroom_events_failed_total", "Tries of events that failed", ["stream", "group"], registry=REGISTRY)
SECONDS = Histogram(
    "wireroom_event_seconds",
    "Time in the handler",
    ["stream", "group"],
    buckets=_QUICK,
    registry=REGISTRY,
)
LAG = Gauge(
    "wireroom_stream_lag",
    "Entries a group has not been given yet",
    ["stream", "partition", "group"],
    registry=REGISTRY,
)
PENDING = Gauge(
    "wireroom_stream_pending",
    "Entries given out and not acknowledged",
    ["stream", "partition", "group"],
    registry=REGISTRY,
)
OLDEST = Gauge(
    "wireroom_stream_oldest_seconds",
    "Age of the oldest entry not acknowledged",
    ["stream", "partition", "group"],
    registry=REGISTRY,
)
DEAD = Gauge("wireroom_dead_letters", "Dead letters of all streams", registry=REGISTRY)
KEYS_REFUSED = Counter("wireroom_keys_refused_total", "Keys and tokens given that are nobody's", registry=REGISTRY)
LOG_WRITES_FAILED = Counter(
    "wireroom_log_writes_failed_total",
    "Lines of the log that could not be written: a full disk, or nobody who reads",
    registry=REGISTRY,
)
FILE_REFUSED = Gauge(
    "wireroom_newsroom_file_refused",
    "1 while a file of the newsroom is refused, and its last good state in force",
    ["file"],
    registry=REGISTRY,
)
EMBARGOED = Gauge("wireroom_embargoed", "Versions that wait for the end of their embargo", registry=UNPUBLISHED)
RELEASED_LATE = Histogram(
    "wireroom_released_late_seconds",
    "From the end of a version's embargo to its number in the ledger",
    buckets=_QUICK,
    registry=REGISTRY,
)
TO_LEDGER = Histogram(
    "wireroom_to_ledger_seconds",
    "From an article's acceptance to its number in the ledger",
    buckets=_QUICK,
    registry=REGISTRY,
)
