"""Numbers that strangers wrote: ASCII digits, within bounds, or none."""

from __future__ import annotations

import pytest

from shared.numbers import whole


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("7", 7), ("007", 7), ("100", 100)])
def test_digits_are_a_number(text: str, number: int) -> None:
    assert whole(text, 100) == number


@pytest.mark.parametrize(
    "text", ["", " 7", "+7", "-7", "7.0", "7e1", "1_0", "\u0667", "\u00b2", "101", "9" * 21, "9" * 5_000]
)
def test_anything_else_is_none(text: str) -> None:
    assert whole(text, 100) is None
