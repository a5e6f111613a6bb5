"""What is let go of: the old, and those too many; never what waits to be delivered, for a while."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.syndication.ledger import Head
from services.syndication.retention.keeping import GRACE, Keep, awaited, too_old

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def of_days(*ages: int) -> list[tuple[str, Head]]:
    moments = [int((NOW - timedelta(days=age)).timestamp() * 1000) for age in ages]
    return [(f"desk-{seq}", Head(1, seq, ms)) for seq, ms in enumerate(moments, 1)]


@pytest.mark.parametrize(
    ("keep", "gone"),
    [
        (Keep(), []),
        (Keep(days=10), [1, 2]),
        (Keep(articles=3), [1]),
        (Keep(articles=9), []),
        (Keep(days=25, articles=1), [1, 2, 3]),
    ],
)
def test_the_oldest_beyond_age_or_count_go(keep: Keep, gone: list[int]) -> None:
    assert [head.seq for _, head in too_old(keep, of_days(30, 20, 5, 1), 4, NOW)] == gone


def test_what_is_still_to_be_delivered_stays_for_the_grace() -> None:
    doomed = of_days(GRACE.days + 1, 3, 2)
    assert [head.seq for _, head in awaited(doomed, 3, NOW)] == [1, 2]
    assert [head.seq for _, head in awaited(doomed, 1, NOW)] == [1]
