"""Retention: articles and the ledger's entries are kept for so long, or so many of them, and then let go of."""

from __future__ import annotations

from services.syndication.retention.keeping import Keep
from services.syndication.retention.trimming import Retention

__all__ = ["Keep", "Retention"]
