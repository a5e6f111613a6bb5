from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.times import GivenMoment, now, rfc3339, rfc3339_of


def test_now_is_aware_and_in_utc() -> None:
    assert now().utcoffset() == timedelta(0)


def test_a_moment_is_written_in_utc_with_a_z() -> None:
    there = timezone(timedelta(hours=9))
    assert rfc3339(datetime(2026, 11, 22, 19, 0, 1, tzinfo=there)) == "2026-11-22T10:00:01Z"
    assert rfc3339(datetime(2026, 11, 22, 10, 0, 1, 500, tzinfo=UTC)) == "2026-11-22T10:00:01.000500Z"
    assert rfc3339_of(1614265330.25) == "2021-02-25T15:02:10.250000Z"


def test_a_moment_is_given_with_its_date_and_never_as_a_number() -> None:
    moments = TypeAdapter[datetime](GivenMoment)
    there = datetime(2026, 11, 22, 10, tzinfo=UTC)
    assert moments.validate_python(there) == moments.validate_json(b'"2026-11-22T12:00:00+02:00"') == there
    for number in (b"3600", b'"3600"', b"-1", b'"-1"', b"1e9", b"true", b"null"):
        with pytest.raises(ValidationError) as refused:
            moments.validate_json(number)
        assert refused.value.errors()[0]["type"] == "datetime_parsing"
    for beyond in (b'"0001-01-01T00:00:00+14:00"', b'"9999-12-31T23:59:59-14:00"'):
        with pytest.raises(ValidationError, match="a year from 1000 to 9000"):
            moments.validate_json(beyond)
