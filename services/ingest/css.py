"""CSS selectors, compiled once each; what they are used on is left to others."""

from __future__ import annotations

from functools import lru_cache

from cssselect import HTMLTranslator, SelectorError
from lxml import etree


@lru_cache(maxsize=2_000)
def compiled(selector: str) -> etree.XPath | None:
    """Return a selector (Selectors Level 3 as cssselect knows it) as XPath, or None for one that is none."""
    try:
        return etree.XPath(HTMLTranslator().css_to_xpath(selector))
    except (SelectorError, etree.XPathError, RecursionError, ValueError):
        return None


def known(selector: str) -> str:
    """Return a selector. Raises ValueError for one that is none."""
    if compiled(selector) is None:
        raise ValueError("must be a CSS selector that we know")
    return selector
