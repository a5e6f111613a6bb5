"""Related stories: cards that editors placed, found among our articles by address, and others found by shared tags."""

from __future__ import annotations

from services.enrichment.related.addresses import Addresses, known
from services.enrichment.related.ranking import MOST_CARDS, Telling, ranked, told_by, with_related
from services.enrichment.related.shelves import Shelves, shelved

__all__ = ["MOST_CARDS", "Addresses", "Shelves", "Telling", "known", "ranked", "shelved", "told_by", "with_related"]
