"""For how long servers call their answers good."""

from __future__ import annotations

import pytest

from services.ingest.freshness import LONGEST, fresh_seconds
from tests.ingest.parts import NOON


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"cache-control": "public, max-age=600"}, 600.0),
        ({"cache-control": 'Max-Age="600"', "age": "100"}, 500.0),
        ({"cache-control": "max-age=600", "expires": "0"}, 600.0),
        ({"cache-control": "s-maxage=9, x-max-age=7"}, None),
        ({"cache-control": "no-cache, max-age=600"}, None),
        ({"cache-control": "no-store"}, None),
        ({"cache-control": "max-age=0"}, None),
        ({"cache-control": "max-age=-5"}, None),
        ({"cache-control": "max-age=999999999999"}, LONGEST),
        ({"cache-control": "max-age=60", "age": "5000"}, None),
        ({"expires": "Sun, 22 Nov 2026 12:10:00 GMT"}, 600.0),
        ({"expires": "Sun, 22 Nov 2026 12:10:00 GMT", "date": "Sun, 22 Nov 2026 12:05:00 GMT"}, 300.0),
        ({"expires": "0"}, None),
        ({"expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, None),
        ({"expires": "Fri, 31 Dec 9999 23:59:59 GMT"}, LONGEST),
        ({"expires": "Sun, 22 Nov 2026 12:10:00"}, 600.0),
        ({"expires": "x" * 100_000, "cache-control": "," * 1_000_000}, None),
    ],
)
def test_max_age_goes_before_expires_and_nonsense_says_nothing(headers: dict[str, str], seconds: float | None) -> None:
    assert fresh_seconds(headers, NOON) == seconds
