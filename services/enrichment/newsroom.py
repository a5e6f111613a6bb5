"""The newsroom files that enrichment works by, one edition at a time; reading and watching is shared's."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path

from services.enrichment.authors import AuthorBook, parse_authors
from services.enrichment.taxonomy import Taxonomy
from services.enrichment.taxonomy_files import TaxonomyFiles
from shared.newsroom import Loaded, Refused, Unchanged, Watched

RULES = "4"
"""Raised when the steps themselves change what they say of the same input."""


@dataclass(frozen=True, slots=True)
class Edition:
    """Authors and taxonomy in force together; `digest` (16 hex digits) names them and the rules."""

    authors: AuthorBook
    taxonomy: Taxonomy
    digest: str


class Newsroom:
    """The edition in force; `refresh` takes in edits, and says what it took and what it refused.

    The newsroom's own pictures are below the address `site`.
    """

    def __init__(self, folder: Path, site: str = "") -> None:
        self._authors = Watched(folder / "authors.toml", partial(parse_authors, site=site))
        self._taxonomy = TaxonomyFiles(folder)
        self.current = self._edition()

    def refresh(self) -> tuple[Loaded | Refused, ...]:
        """Look at the files; nothing is returned for one that has not changed.

        It may run in a worker thread: an edition is put in force in one assignment.
        """
        seen = (self._authors.refresh(), *self._taxonomy.refresh())
        told = tuple(outcome for outcome in seen if not isinstance(outcome, Unchanged))
        if any(isinstance(outcome, Loaded) for outcome in told):
            self.current = self._edition()
        return told

    @property
    def refusals(self) -> tuple[str, ...]:
        """The reasons of the files whose last edit is not in force."""
        own = (self._authors.refusal,) if self._authors.refusal else ()
        return (*own, *self._taxonomy.refusals)

    def _edition(self) -> Edition:
        named = f"{RULES} {self._authors.digest} {self._taxonomy.digest}"
        digest = sha256(named.encode()).hexdigest()[:16]
        return Edition(self._authors.current, self._taxonomy.current, digest)
