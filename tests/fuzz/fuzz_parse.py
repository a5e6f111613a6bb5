"""Throws made-up bytes at the parser until told to stop; atheris finds the ways that tests did not think of.

`make fuzz` runs it, or `python tests/fuzz/fuzz_parse.py -max_total_time=60`; the options are libFuzzer's. What breaks
the parser is written to a file.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import atheris  # type: ignore[import-untyped,import-not-found,unused-ignore]  # it brings no types

with atheris.instrument_imports(include=["services.ingest.parse"]):
    from services.ingest.document import Document, Unreadable
    from services.ingest.parse import Sitemap, parse, read_opml, read_sitemap
    from services.ingest.submission import Submission

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
URL = "https://bay.example/feed"
SECONDS = 2.0
TYPES = ("", "text/xml; charset=utf-8", "text/xml; charset=windows-1251", "application/feed+json")
SEEDS = Path(__file__).with_name("seeds")


class SlowError(Exception):
    """The parser took longer than it may for so few bytes."""


def one_input(data: bytes) -> None:
    """Read one input by every reader. Raises SlowError, TypeError, ValueError, and what a reader should have caught."""
    kind, body = TYPES[len(data) % len(TYPES)], data
    started = time.process_time()
    document = parse(body, url=URL, content_type=kind, source_id="bay", now=NOW)
    sitemap = read_sitemap(body, url=URL, source_id="bay", now=NOW)
    outlines = read_opml(body)
    if time.process_time() - started > SECONDS:
        raise SlowError
    told = isinstance(document, Document | Unreadable), isinstance(sitemap, Sitemap | Unreadable)
    for item in document.submissions if isinstance(document, Document) else ():
        if Submission.model_validate(item.model_dump()) != item:
            raise ValueError
    if not (all(told) and isinstance(outlines, list | Unreadable)):
        raise TypeError


def main() -> None:
    """Fuzz until the time is over or something is found."""
    seeds = sorted(str(path) for path in SEEDS.iterdir())
    for seed in seeds:
        one_input(Path(seed).read_bytes())
    atheris.Setup([*sys.argv, f"-seed_inputs={','.join(seeds)}"], one_input)
    # feedparser runs in a process of its own, whose start would take nine tenths of the time.
    with patch("services.ingest.parse.feed.read_loosely", return_value=None):
        atheris.Fuzz()


if __name__ == "__main__":
    main()
