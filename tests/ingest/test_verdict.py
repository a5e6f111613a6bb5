"""What a poll that brought no document is called, in words."""

from __future__ import annotations

import pytest

from services.ingest.fetch import Throttled
from services.ingest.schedule import Held
from services.ingest.verdict import judged
from tests.ingest.parts import NOON, a_source


@pytest.mark.parametrize(
    ("queued", "outcome", "error"),
    [
        (False, "throttled", "the host asked to come back later"),
        (True, "queued", "other sources of its host come first"),
    ],
)
def test_a_host_that_is_busy_with_us_has_not_asked_for_patience(queued: bool, outcome: str, error: str) -> None:
    polled = judged(a_source(), Throttled(30.0, queued=queued), NOON)
    assert (polled.outcome, polled.error, polled.turn) == (outcome, error, Held(30.0, 1))
