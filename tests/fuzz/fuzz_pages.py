"""Throws made-up web pages at the readers of articles and listings until told to stop."""

from __future__ import annotations

import atheris

from tests.fuzz.fuzzing import fuzz

with atheris.instrument_imports(include=["services.ingest.pages", "services.ingest.discovery"]):
    from services.ingest.discovery.candidates import anchored, linked, offered
    from services.ingest.document import Unreadable
    from services.ingest.pages import article
    from services.ingest.pages.listing import listing
    from services.ingest.pages.markup import tree

URL = "https://bay.example/news/a-story/"
TYPES = ("", "text/html", "text/html; charset=koi8-r")


def one_input(data: bytes) -> None:
    """Read one page every way. Raises what a reader should have caught."""
    kind = TYPES[len(data) % len(TYPES)]
    article(data, url=URL, content_type=kind)
    listing(data, url=URL, content_type=kind, source_id="bay")
    root = tree(data, kind)
    if not isinstance(root, Unreadable):
        for find in (linked, anchored, offered):
            find(root, URL)


if __name__ == "__main__":
    fuzz(one_input, "pages")
