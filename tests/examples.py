"""How made-up examples are drawn: the same in each run, however long that takes; fuzzers and chaos seek new ones."""

from __future__ import annotations

from hypothesis import HealthCheck, settings


def examples(count: int) -> settings:
    """Return the settings for so many, so that no run fails by chance or by the machine's load."""
    slow = [HealthCheck.too_slow]
    return settings(max_examples=count, deadline=None, derandomize=True, database=None, suppress_health_check=slow)
