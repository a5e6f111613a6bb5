"""What ingest counts, for Prometheus."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

from shared.metrics import REGISTRY

ARTICLES = Counter(
    "wireroom_ingest_articles_total",
    "Articles handed in, by what came of them",
    ["result"],
    registry=REGISTRY,
)
POLLS = Counter("wireroom_ingest_polls_total", "Polls of sources, by what came of them", ["outcome"], registry=REGISTRY)
FILES = Counter(
    "wireroom_ingest_files_total",
    "Files of the drop folder, by what came of them",
    ["result"],
    registry=REGISTRY,
)
DEPTH = Gauge("wireroom_ingest_line_depth", "Events on the line that are not handled yet", registry=REGISTRY)
