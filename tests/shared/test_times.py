from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from shared.times import now, rfc3339


def test_now_is_aware_and_in_utc() -> None:
    assert now().utcoffset() == timedelta(0)


def test_a_moment_is_written_in_utc_with_a_z() -> None:
    there = timezone(timedelta(hours=9))
    assert rfc3339(datetime(2026, 11, 22, 19, 0, 1, tzinfo=there)) == "2026-11-22T10:00:01Z"
    assert rfc3339(datetime(2026, 11, 22, 10, 0, 1, 500, tzinfo=UTC)) == "2026-11-22T10:00:01.000500Z"
