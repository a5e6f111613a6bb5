"""What the latest attempts say of a receiver."""

from __future__ import annotations

from typing import Any

import pytest

from services.syndication.portal.health import health


def attempts(*outcomes: str) -> list[dict[str, Any]]:
    return [{"outcome": outcome, "ms": float(number + 1)} for number, outcome in enumerate(outcomes)]


@pytest.mark.parametrize(
    ("outcomes", "said", "rate"),
    [
        ((), "nothing sent yet", None),
        (("delivered", "delivered"), "healthy", 100),
        (("delivered", "retry", "retry"), "troubled", 33.3),
        (("retry", "gave_up"), "failing", 0),
        (("dropped",), "nothing sent yet", None),
    ],
)
def test_it_is_said_in_a_word(outcomes: tuple[str, ...], said: str, rate: float | None) -> None:
    found = health(attempts(*outcomes))
    assert (found.said, found.rate) == (said, rate)


def test_times_are_told_by_rank() -> None:
    found = health(attempts(*["delivered"] * 100))
    assert (found.median, found.slow, found.longest) == (50, 95, 100)
    one = health(attempts("delivered"))
    assert (one.median, one.slow, one.longest) == (1, 1, 1)


def test_what_was_not_answered_has_no_time() -> None:
    assert health([{"outcome": "dropped"}, {"outcome": "retry", "ms": None}]).median is None
