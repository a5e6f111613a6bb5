"""Whatever receivers do and replicas die of: no version is lost, none comes after a newer one, none without end."""

from __future__ import annotations

from tests.syndication.webhooks.lane_model import drive


def test_the_lanes_do_as_the_model_says(redis_url: str) -> None:
    drive(redis_url, count=40, steps=40)
