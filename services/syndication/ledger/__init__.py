"""The ledger: every version under one growing number, who waits for a place in it, and the feeds each stands in."""

from __future__ import annotations

from services.syndication.ledger.entry import (
    Appended,
    Early,
    Entry,
    Head,
    Known,
    Moved,
    Recorded,
    Standing,
    Turn,
)
from services.syndication.ledger.ledger import Ledger
from services.syndication.ledger.numbering import SEQ
from services.syndication.ledger.scripts import EVENTS, HEADS, MARKS, PLACED

__all__ = [
    "EVENTS",
    "HEADS",
    "MARKS",
    "PLACED",
    "SEQ",
    "Appended",
    "Early",
    "Entry",
    "Head",
    "Known",
    "Ledger",
    "Moved",
    "Recorded",
    "Standing",
    "Turn",
]
