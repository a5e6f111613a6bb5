"""Near-duplicates: an article's signature, the days' index of them in Redis, and the verdict on what was found."""

from __future__ import annotations

from services.enrichment.duplicates.index import DAYS, Index
from services.enrichment.duplicates.signature import Signature, signature
from services.enrichment.duplicates.verdict import NONE, Verdict

__all__ = ["DAYS", "NONE", "Index", "Signature", "Verdict", "signature"]
