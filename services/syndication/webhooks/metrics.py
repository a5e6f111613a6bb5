"""What is counted of deliveries, for Prometheus."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

from shared.metrics import REGISTRY

_UP_TO_DAYS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 600, 3600, 86_400)

ATTEMPTS = Counter(
    "wireroom_delivery_attempts_total", "Delivery attempts by what came of them", ["outcome"], registry=REGISTRY
)
ACKNOWLEDGED = Histogram(
    "wireroom_delivery_seconds",
    "Time from the ledger entry to the receiver's 2xx",
    buckets=_UP_TO_DAYS,
    registry=REGISTRY,
)
HEALTH = Counter(
    "wireroom_subscription_notices_total",
    "Subscriptions that began to fail, were disabled, recovered, and deliveries that were given up",
    ["notice"],
    registry=REGISTRY,
)
SUPERSEDED = Counter(
    "wireroom_deliveries_superseded_total", "Versions replaced by newer ones before they were taken", registry=REGISTRY
)
IN_FLIGHT = Gauge("wireroom_deliveries_in_flight", "Deliveries waiting for an answer", registry=REGISTRY)
DISPATCHED = Gauge("wireroom_dispatched_seq", "Ledger entries dispatched to subscriptions", registry=REGISTRY)
