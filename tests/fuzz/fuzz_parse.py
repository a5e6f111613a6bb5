"""Throws made-up bytes at the parser of feeds until told to stop; atheris finds the ways that tests did not think of.

`make fuzz` runs it, or `python tests/fuzz/fuzz_parse.py -max_total_time=60`; the options are libFuzzer's. What breaks
the parser is written to a file.
"""

from __future__ import annotations

from datetime import UTC, datetime
from unittest.mock import patch

import atheris

from tests.fuzz.fuzzing import fuzz

with atheris.instrument_imports(include=["services.ingest.parse"]):
    from services.ingest.document import Document, Unreadable
    from services.ingest.parse import Sitemap, parse, read_opml, read_sitemap
    from services.ingest.submission import Submission

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
URL = "https://bay.example/feed"
TYPES = ("", "text/xml; charset=utf-8", "text/xml; charset=windows-1251", "application/feed+json")


def one_input(data: bytes) -> None:
    """Read one input by every reader. Raises TypeError, ValueError, and what a reader should have caught."""
    document = parse(data, url=URL, content_type=TYPES[len(data) % len(TYPES)], source_id="bay", now=NOW)
    sitemap = read_sitemap(data, url=URL, source_id="bay", now=NOW)
    outlines = read_opml(data)
    for item in document.submissions if isinstance(document, Document) else ():
        if Submission.model_validate(item.model_dump()) != item:
            raise ValueError
    told = isinstance(document, Document | Unreadable), isinstance(sitemap, Sitemap | Unreadable)
    if not (all(told) and isinstance(outlines, list | Unreadable)):
        raise TypeError


if __name__ == "__main__":
    # feedparser runs in a process of its own, whose start would take nine tenths of the time.
    with patch("services.ingest.parse.feed.read_loosely", return_value=None):
        fuzz(one_input, "feeds")
