"""Joins the parts of early delivery into what the webhooks start, and what attempts and the API ask."""

from __future__ import annotations

from dataclasses import dataclass
from time import time

from services.syndication.embargo.store import Texts
from services.syndication.embargo.untold import Untold
from services.syndication.ledger import Ledger
from services.syndication.webhooks.directory import Directory
from services.syndication.webhooks.early.notes import Notes
from services.syndication.webhooks.early.sending import EarlySending
from services.syndication.webhooks.early.telling import Telling
from services.syndication.webhooks.early.trust import Trust
from services.syndication.webhooks.lanes import Lanes
from services.syndication.webhooks.reading import LedgerReader
from services.syndication.webhooks.store import SubscriptionStore
from shared.redis import Store
from shared.ticks import Tick

SECONDS = 1.0
"""At the most, until this replica sees what another took in, or whom an operator came to trust."""


@dataclass(frozen=True, slots=True)
class EarlyDelivery:
    """Early delivery of one replica."""

    trust: Trust
    notes: Notes
    ledger: Ledger
    directory: Directory
    sending: EarlySending
    tick: Tick


def create(
    *,
    store: Store,
    subscriptions: SubscriptionStore,
    lanes: Lanes,
    directory: Directory,
    reader: LedgerReader,
    site: str,
) -> EarlyDelivery:
    """Build it on what the webhooks of this replica have."""
    trust, notes, ledger, texts = Trust(store), Notes(store), Ledger(store), Texts(store)
    untold = Untold(store)
    telling = Telling(
        store=subscriptions,
        lanes=lanes,
        directory=directory,
        reader=reader,
        ledger=ledger,
        texts=texts,
        untold=untold,
        notes=notes,
        trust=trust,
        clock=time,
    )
    sending = EarlySending(notes=notes, trust=trust, ledger=ledger, texts=texts, untold=untold, site=site, clock=time)
    return EarlyDelivery(trust, notes, ledger, directory, sending, Tick("early deliveries", SECONDS, telling.tick))
