"""Articles' JSON as it is kept: zstd with what every article has in common as its dictionary."""

from __future__ import annotations

from services.syndication.packing.dictionaries import dictionaries
from services.syndication.packing.packing import Packing

__all__ = ["Packing", "dictionaries"]
