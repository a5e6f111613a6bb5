from __future__ import annotations

from prometheus_client import generate_latest

from shared.metrics import HANDLED, REGISTRY


def test_counters_of_this_process_are_exposed_under_the_projects_name() -> None:
    HANDLED.labels("stream.of.metrics", "readers", "ok").inc()
    line = 'wireroom_events_handled_total{group="readers",result="ok",stream="stream.of.metrics"} 1.0'
    assert line in generate_latest(REGISTRY).decode()
