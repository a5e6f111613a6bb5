"""Selectors of sources: faulty ones are refused where they are given, naming the field."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from services.ingest.css import compiled
from services.ingest.source import Selectors


@pytest.mark.parametrize("selector", ["p:::", "li[", "", ">", "a::before", "p:nth-child(", ":has(", "(" * 400])
def test_what_is_no_selector_is_refused_by_name(selector: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Selectors(item="li", body=selector)
    assert [error["loc"] for error in refused.value.errors()] == [("body",)]


@pytest.mark.parametrize(
    "selector", ["li", ".a > .b", "a[href$='x'], b", "ul > li:nth-of-type(2)", "p:not(.x)", "#i *"]
)
def test_selectors_are_compiled(selector: str) -> None:
    assert compiled(selector) is not None
    assert Selectors(item=selector).item == selector
