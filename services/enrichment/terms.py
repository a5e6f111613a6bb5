"""What a term is, wherever it comes from: the newsroom's taxonomy, the gazetteer, or the IPTC's Media Topics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Method = Literal["source", "dictionary", "gazetteer", "classifier"]
"""Whose word it is that an article is about a term, the most trusted first."""


@dataclass(frozen=True, slots=True)
class Term:
    """A term as tags carry it; `implies` holds all that follow from it, at any distance."""

    id: str
    slug: str
    name: str
    kind: str
    same_as: tuple[str, ...]
    implies: tuple[str, ...]
    method: Method = "dictionary"
