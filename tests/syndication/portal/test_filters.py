"""A filter is cut at its mistake."""

from __future__ import annotations

import pytest

from services.syndication.portal.filters import wrong_at


@pytest.mark.parametrize(
    ("text", "before", "at", "after"),
    [
        ("tag:", "tag:", "", ""),
        ("a AND x:y", "a AND ", "x", ":y"),
        ("a" * 100 + " x:y " + "b" * 100, "…" + "a" * 59 + " ", "x", ":y " + "b" * 57 + "…"),
    ],
)
def test_the_mistake_is_shown_in_its_place(text: str, before: str, at: str, after: str) -> None:
    wrong = wrong_at(text)
    assert wrong is not None
    assert wrong[:3] == (before, at, after)
    assert wrong.why.startswith("position ")


@pytest.mark.parametrize("text", ["", "tag:energy AND NOT author:AP"])
def test_what_is_right_is_not_cut(text: str) -> None:
    assert wrong_at(text) is None
