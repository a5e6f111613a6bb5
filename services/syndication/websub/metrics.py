"""What is counted of the hub, for Prometheus."""

from __future__ import annotations

from prometheus_client import Counter

from shared.metrics import REGISTRY

WEBSUB = Counter("wireroom_websub_total", "What the WebSub hub did, by what came of it", ["outcome"], registry=REGISTRY)
