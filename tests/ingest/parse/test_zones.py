"""A teaser or the story itself."""

from __future__ import annotations

import pytest

from services.ingest.parse.zones import LONGEST_SUMMARY, zones


@pytest.mark.parametrize(
    ("described", "bodies", "told"),
    [
        ("Short.", [], ("Short.", "")),
        ("<p>One.</p>", [], ("", "<p>One.</p>")),
        ("x" * (LONGEST_SUMMARY + 1), [], ("", "x" * (LONGEST_SUMMARY + 1))),
        ("Short.", ["<p>L.</p>"], ("Short.", "<p>L.</p>")),
        ("<p>x</p>", [" <p>x</p> "], ("", "<p>x</p>")),
        ("", ["short", "the longest of them"], ("", "the longest of them")),
        ("", ["  "], ("", "")),
    ],
)
def test_summary_and_body_are_told_apart(described: str, bodies: list[str], told: tuple[str, str]) -> None:
    assert zones(described, bodies) == told
