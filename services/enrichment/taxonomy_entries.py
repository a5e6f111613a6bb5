"""What may stand in taxonomy.toml and taxonomy.jsonl, table by table; whether it makes sense is for the lint."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from services.enrichment.language import kin
from services.enrichment.matching import Case, How
from shared.slugs import slug

FULL_NAME = "full-name"

Kind = Literal["person", "org", "place", "topic", "event"]

TermId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9:/_.-]{0,127}$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]


def _on_one_line(value: object) -> object:
    return " ".join(value.split()) if isinstance(value, str) else value


Said = Annotated[str, BeforeValidator(_on_one_line), StringConstraints(min_length=1, max_length=200)]
"""What text is searched for: a run of spaces would never be found there."""


Language = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"), AfterValidator(kin)]


class Entry(BaseModel):
    """A table of the file; a key it does not know is an error, since it is most likely misspelt."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AliasEntry(Entry):
    """Another spelling: a plain string, or a table with its case, what it is, what it needs, and where it is said."""

    text: Said
    case: Case | None = None
    how: How | None = None
    needs: str | None = None
    languages: tuple[Language, ...] = ()


def _spelt_out(value: object) -> object:
    return {"text": value} if isinstance(value, str) else value


class TermEntry(Entry):
    """One [[term]], or one line of taxonomy.jsonl."""

    id: TermId
    name: Said
    kind: Kind = "topic"
    slug: Slug | None = None
    case: Case | None = None
    languages: tuple[Language, ...] = ()
    same_as: tuple[Said, ...] = ()
    implies: tuple[str, ...] = ()
    aliases: tuple[Annotated[AliasEntry, BeforeValidator(_spelt_out)], ...] = ()

    @property
    def short(self) -> str:
        """What the term is called in addresses: its own slug, or the last part of its id."""
        return self.slug or slug(re.split(r"[/:]", self.id)[-1])


class MapEntry(Entry):
    """One [[source_map]]: what a source's category means here; source "*" is any."""

    source: str = "*"
    category: Said
    add: Annotated[tuple[str, ...], Field(min_length=1)]


class GazetteerEntry(Entry):
    """The [gazetteer]: whether the places that come with the program are tagged too, and which of them are not."""

    enabled: bool = True
    without: tuple[str, ...] = ()


class TaxonomyFile(Entry):
    """The whole of taxonomy.toml."""

    term: tuple[TermEntry, ...] = ()
    source_map: tuple[MapEntry, ...] = ()
    gazetteer: GazetteerEntry = GazetteerEntry()
