"""Throws made-up files at what reads an operator's newsroom: taken, or refused with the line in which it is wrong."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import Any

import atheris

from tests.fuzz.fuzzing import fuzz

INSTRUMENTED = [
    "shared.newsroom",
    "services.enrichment",
    "services.ingest.source",
    "services.syndication.page.branding",
]
with atheris.instrument_imports(include=INSTRUMENTED):
    from services.enrichment.authors import parse_authors
    from services.enrichment.taxonomy import parse_taxonomy
    from services.enrichment.taxonomy_files import _json, _lines, parse_lines
    from services.enrichment.topics import parse_topics
    from services.ingest.sources_file import parse_sources
    from services.syndication.page.branding import parse_branding
    from shared.newsroom import Refused, Watched

HERE = Path(__file__).parent
TOLD = re.compile(r"a\.toml(?:, line ([1-9]\d*): .|: and \d+ more$)")
FILES: tuple[Watched[Any], ...] = (
    Watched(HERE / "a.toml", parse_authors),
    Watched(HERE / "a.toml", parse_taxonomy),
    Watched(HERE / "a.toml", parse_sources),
    Watched(HERE / "a.toml", partial(parse_branding, HERE)),
    Watched(HERE / "a.toml", parse_topics, _json),
    Watched(HERE / "a.toml", parse_lines, _lines),
)


def one_input(data: bytes) -> None:
    """Read a file as each of an operator's. Raises ValueError where a refusal names no line of it."""
    for file in FILES:
        outcome = file._take(data)  # noqa: SLF001  # without writing it down for each
        for line in outcome.reason.split("\n") if isinstance(outcome, Refused) else ():
            found = TOLD.match(line)
            if found is None or int(found[1] or 0) > data.count(b"\n") + 1:
                raise ValueError(line)


if __name__ == "__main__":
    fuzz(one_input, "newsroom")
