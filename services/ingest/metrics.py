"""What ingest counts, for Prometheus."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

from shared.metrics import REGISTRY

ARTICLES = Counter(
    "wireroom_ingest_articles_total",
    "Articles handed in, by what came of them",
    ["result"],
    registry=REGISTRY,
)
POLLS = Counter("wireroom_ingest_polls_total", "Polls of sources, by what came of them", ["outcome"], registry=REGISTRY)
SOURCES = Counter(
    "wireroom_ingest_source_turns_total",
    "Turns in the life of sources: failing, recovered, gone, moved, gap, identity_degraded, imperfect, returned",
    ["turn"],
    registry=REGISTRY,
)
LATENESS = Histogram(
    "wireroom_ingest_poll_lateness_seconds",
    "From when a source was due to when its poll began",
    buckets=(0.5, 1, 2, 5, 10, 30, 60, 300, 1800),
    registry=REGISTRY,
)
FILES = Counter(
    "wireroom_ingest_files_total",
    "Files of the drop folder, by what came of them",
    ["result"],
    registry=REGISTRY,
)
DEPTH = Gauge("wireroom_ingest_line_depth", "Events on the line that are not handled yet", registry=REGISTRY)
HOOKS = Counter(
    "wireroom_ingest_hooks_total",
    "Calls by Ghost sites and WebSub hubs, by what came of them",
    ["kind", "result"],
    registry=REGISTRY,
)
