"""Markup that would take a parser minutes is cut down to what takes no time, and keeps its text."""

from __future__ import annotations

import pytest

from services.enrichment.clean import cleaned

URL = "https://news.example.org/a/b"


@pytest.mark.parametrize("opening", ["<div>", "<b>", "<blockquote><p>", "<ul><li>"])
def test_nesting_without_end_costs_its_tags_and_keeps_its_text(opening: str) -> None:
    body = cleaned("<p>before</p>" + opening * 50_000 + "inside", URL)

    assert body.text.split() == ["before", "inside"]
    assert "<" not in body.html


def test_deep_but_sensible_nesting_is_kept() -> None:
    assert cleaned("<div>" * 150 + "deep", URL).text == "deep"


def test_ampersands_that_begin_no_reference_are_kept() -> None:
    assert cleaned("<p>" + "A&B &amp; C &eacute; " * 1000 + "</p>", URL).text.startswith("A&B & C é A&B")
