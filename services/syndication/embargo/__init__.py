"""What is under an embargo: kept where no reader looks, released into the ledger on time, shown to operators alone."""

from __future__ import annotations

from services.syndication.embargo.holding import Embargoes
from services.syndication.embargo.releases import Releases
from services.syndication.embargo.store import Texts

__all__ = ["Embargoes", "Releases", "Texts"]
