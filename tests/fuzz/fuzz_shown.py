"""Throws made-up pushed articles at the pages that readers see: nothing in them may run but what is our own."""

from __future__ import annotations

import string

import atheris

from tests.fuzz.fuzzing import fuzz
from tests.fuzz.pushing import pushed

with atheris.instrument_imports(include=["services.syndication.page"]):
    import nh3

    from services.syndication.page.directory import Directory
    from services.syndication.page.story import CUT
    from tests.builders import an_article
    from tests.syndication.page.building import a_printer

ADDRESSES = ("href", "src", "action", "formaction", "cite", "poster", "data", "srcset", "background", "xlink:href")
SAFE = ("https:", "http:", "mailto:", "/", "#")
RUN = set("script style iframe object embed base frame form template math noscript input textarea select".split())
TAGS = set(nh3.ALLOWED_TAGS) | RUN | set("html head body title link meta svg path audio video source picture".split())
ANYTHING = {("meta", "content"), ("meta", "name"), ("meta", "property"), ("link", "href"), ("link", "title")}

Said = frozenset[tuple[str, str, str]]


def one_input(data: bytes) -> None:
    """Print one article among others and by itself. Raises ValueError where a browser would run something."""
    article = pushed(data)
    if article is None or article.status == "withheld":
        return
    if more := said(a_printer().item(article, CUT)):
        raise ValueError(more)
    if more := said(a_printer().article(article, Directory())) - OURS:
        raise ValueError(more)


def said(page: str) -> Said:
    """Return all that a page could run, send or load, as an HTML5 parser sees it."""
    found = set()

    def look(tag: str, name: str, value: str) -> str:
        address = name in ADDRESSES and not value.lower().startswith(SAFE)
        if tag in RUN or tag in ("meta", "link") or name.startswith("on") or name in ("style", "srcdoc") or address:
            found.add((tag, name, "" if (tag, name) in ANYTHING else value))
        return value

    seen = nh3.clean(
        page,
        tags=TAGS,
        clean_content_tags=set(),
        generic_attribute_prefixes=set(string.ascii_lowercase),
        attribute_filter=look,
        link_rel=None,
        url_schemes={"javascript", "data", "vbscript", "file", "blob", "http", "https", "mailto"},
    )
    return frozenset(found | {(tag, "", str(seen.count(f"<{tag}"))) for tag in RUN if f"<{tag}" in seen})


OURS = said(a_printer().article(an_article(canonical_url="https://bay.example/"), Directory()))

if __name__ == "__main__":
    fuzz(one_input, "articles")
