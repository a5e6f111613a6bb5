"""Words are marked up where they say so, and nowhere else."""

from __future__ import annotations

from services.reference.words import as_json, code, rich


def test_code_and_links_are_marked_and_all_else_is_escaped() -> None:
    assert rich("<b> `a<b` [q](#queries)") == '&lt;b&gt; <code>a&lt;b</code> <a href="#queries">q</a>'
    assert rich("[q](javascript:alert)") == "[q](javascript:alert)"


def test_values_are_written_as_in_json() -> None:
    assert code(None) == "<code>null</code>"
    assert code("a") == "<code>a</code>"
    assert as_json({"a": 1}) == '{\n  "a": 1\n}'
    assert as_json("<opml/>") == "<opml/>"
