"""Reads the newsroom's files once, as the services would, and says what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from services.enrichment.authors import parse_authors
from services.enrichment.taxonomy import parse_taxonomy
from services.ingest.sources_file import parse_sources
from shared.newsroom import Refused, Watched

FILES: dict[str, Callable[[dict[str, Any]], object]] = {
    "authors.toml": parse_authors,
    "taxonomy.toml": parse_taxonomy,
    "sources.toml": parse_sources,
}


def findings(folder: Path) -> list[str]:
    """Return a line for each file that would be refused: its name, the line in it, and why."""
    looked = (Watched(folder / name, parse).refresh() for name, parse in FILES.items())
    return [outcome.reason for outcome in looked if isinstance(outcome, Refused)]
