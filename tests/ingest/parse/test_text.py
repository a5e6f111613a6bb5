"""Words, addresses and moments, however odd what they come from."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from services.ingest.parse.text import address, moment, plain


def test_markup_becomes_words() -> None:
    assert plain("A <b>bold</b>\n &amp; <script>x()</script>plain") == "A bold & plain"
    assert plain("R&D") == "R&D"
    assert plain(" \n ") is plain(None) is None


def test_addresses_become_absolute_and_are_escaped() -> None:
    assert address("/a b", "https://e.org/feed/") == "https://e.org/a%20b"
    assert address("b?x=1&y=é", "https://e.org/feed/") == "https://e.org/feed/b?x=1&y=é"


@pytest.mark.parametrize(
    "value", ["javascript:alert(1)", "data:text/html,x", "mailto:a@b.c", "http://[bad", "", None, 7, "x" * 5000]
)
def test_what_is_no_web_address_is_none(value: Any) -> None:
    assert address(value, "https://e.org/") is None


def test_a_relative_address_without_a_base_is_none() -> None:
    assert address("/a", "") is None


def test_moments_are_utc_and_bounded() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC).timestamp()
    assert moment(time.gmtime(now - 60), now) == datetime(2026, 11, 21, 23, 59, tzinfo=UTC)
    assert moment(time.gmtime(now + 2 * 86_400), now) is None
    assert moment(time.gmtime(-5), now) is None
    assert moment(time.struct_time((99_999, 1, 1, 0, 0, 0, 0, 1, 0)), now) is None
    assert moment("yesterday", now) is None
