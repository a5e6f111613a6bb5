"""The model of the lanes, driven for minutes with new examples each time."""

from __future__ import annotations

import pytest

from tests.syndication.webhooks.lane_model import drive

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]


def test_the_lanes_do_as_the_model_says_for_long(redis_url: str) -> None:
    drive(redis_url, count=400, steps=100)
