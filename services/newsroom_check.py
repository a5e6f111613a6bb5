"""Reads the newsroom's files once, as the services would, and says what is wrong with them, and what is doubtful."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from services.enrichment.authors import parse_authors
from services.enrichment.taxonomy_files import MAIN, TaxonomyFiles
from services.ingest.sources_file import parse_sources
from services.syndication.page.branding import FILE as SITE
from services.syndication.page.branding import parse_branding
from shared.newsroom import Refused, Watched

PARSED: dict[str, Callable[[dict[str, Any]], object]] = {"authors.toml": parse_authors, "sources.toml": parse_sources}
FILES = ("authors.toml", MAIN, "sources.toml", SITE)


@dataclass(frozen=True, slots=True)
class Findings:
    """A line each, with file, line in it and reason: `wrong` for what is refused, `doubtful` for what is taken."""

    wrong: tuple[str, ...]
    doubtful: tuple[str, ...]


def findings(folder: Path) -> Findings:
    """Return what would be refused, and what would be taken and is most likely not meant."""
    taxonomy = TaxonomyFiles(folder)
    site = Watched(folder / SITE, partial(parse_branding, folder))
    looked = [*(Watched(folder / name, parse).refresh() for name, parse in PARSED.items()), site.refresh()]
    outcomes = (*looked, *taxonomy.refresh())
    refused = [outcome.reason for outcome in outcomes if isinstance(outcome, Refused)]
    wrong = tuple(line for reason in refused for line in reason.splitlines())
    return Findings(wrong, tuple(taxonomy.warnings()))
