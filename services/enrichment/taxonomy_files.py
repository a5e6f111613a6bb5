"""The files a taxonomy is made of, watched as one: taxonomy.toml, and beside it more terms, topics and a classifier."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
from pydantic import ValidationError

from services.enrichment import gazetteer
from services.enrichment.classifier import Classifier, parse_model
from services.enrichment.taxonomy import LINES, Taxonomy, parse_taxonomy
from services.enrichment.taxonomy_entries import TermEntry
from services.enrichment.taxonomy_lint import Placed, Problem
from services.enrichment.topics import Topics, parse_topics
from shared.faults import faults
from shared.newsroom import Invalid, Loaded, Refused, Unchanged, Watched

MAIN = "taxonomy.toml"
TOPICS = "mediatopics.json"
MODEL = "topics.model.json"
MAX_TERMS = 200_000


class TaxonomyFiles:
    """The taxonomy in force; a change of one file reads all of them together, and an error leaves the last good one."""

    def __init__(self, folder: Path) -> None:
        self._topics: Watched[Topics] = Watched(folder / TOPICS, parse_topics, _json)
        self._lines: Watched[tuple[Placed, ...]] = Watched(folder / LINES, parse_lines, _lines)
        self._model: Watched[Classifier] = Watched(folder / MODEL, parse_model, _json)
        self._main: Watched[Taxonomy] = Watched(folder / MAIN, self.parse)

    def parse(self, document: dict[str, Any]) -> Taxonomy:
        """Build a taxonomy of a document for taxonomy.toml, beside the other files as they were read last."""
        return parse_taxonomy(document, self._lines.current, self._topics.current, self._model.current)

    @property
    def current(self) -> Taxonomy:
        """The last good reading of the files together."""
        return self._main.current

    @property
    def digest(self) -> str:
        """Name the bytes of all files, and those of the places that come with the program; 64 hex digits."""
        files = (self._main, self._lines, self._topics, self._model)
        named = " ".join((gazetteer.digest(), *(file.digest for file in files)))
        return sha256(named.encode()).hexdigest()

    @property
    def refusals(self) -> tuple[str, ...]:
        """The reasons of the files whose last edit is not in force."""
        files = (self._topics, self._lines, self._model, self._main)
        return tuple(file.refusal for file in files if file.refusal)

    def refresh(self) -> tuple[Loaded | Refused, ...]:
        """Look at the files; nothing is returned for one that has not changed. It may run in a worker thread."""
        beside = (self._topics.refresh(), self._lines.refresh(), self._model.refresh())
        if any(isinstance(outcome, Loaded) for outcome in beside):
            self._main.again()
        seen = (*beside, self._main.refresh())
        return tuple(outcome for outcome in seen if not isinstance(outcome, Unchanged))

    def warnings(self) -> list[str]:
        """Return a line for each thing that is allowed and most likely not meant: file, line and reason."""
        return self._main.told(self.current.warnings)


def parse_lines(document: dict[str, Any]) -> tuple[Placed, ...]:
    """Return the terms of taxonomy.jsonl, each with its line; raises Invalid."""
    placed: list[Placed] = []
    problems: list[Problem] = []
    for number, value in document.items():
        try:
            placed.append(((LINES, int(number)), TermEntry.model_validate(value)))
        except ValidationError as error:
            problems += [(("", int(number)), f"{field or 'the line'}: {why}") for field, why in faults(error)]
    if problems:
        raise Invalid(problems)
    return tuple(placed)


def _json(content: bytes) -> dict[str, Any]:
    """Read a JSON object; raises Invalid with the line. orjson reads no more than 1,024 levels."""
    try:
        document = orjson.loads(content or b"{}")
    except orjson.JSONDecodeError as error:
        raise Invalid([(("", error.lineno), f"it is no JSON: {error.msg}")]) from None
    if not isinstance(document, dict):
        raise Invalid([(("", 1), "it is no JSON object")])
    return document


def _lines(content: bytes) -> dict[str, Any]:
    """Read JSON Lines as values by their line number; raises Invalid with the lines that are none."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for number, line in enumerate(content.split(b"\n"), 1):
        if line.strip():
            try:
                values[str(number)] = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                problems.append((("", number), f"it is no JSON: {error.msg}"))
    if len(values) > MAX_TERMS:
        problems.append((("", 1), f"it has more than {MAX_TERMS} terms"))
    if problems:
        raise Invalid(problems)
    return values
