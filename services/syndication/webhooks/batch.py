"""What is dispatched together: who gets which entries, and what is to be remembered of it; writes nothing."""

from __future__ import annotations

from services.syndication.webhooks.lanes import Wanted, pack
from services.syndication.webhooks.message import EXIT
from services.syndication.webhooks.reading import Recorded
from services.syndication.webhooks.subscriptions import Subscription
from shared.events import to_json


class Batch:
    """Entries by subscription, and subscriptions by article: who carries it, whom it left, who has it back."""

    def __init__(self) -> None:
        self.lanes: dict[str, list[Wanted]] = {}
        self.carried: dict[str, set[int]] = {}
        self.left: dict[str, set[int]] = {}
        self.inside: dict[str, set[int]] = {}
        self.size = 0

    def add(self, subscription: Subscription, wanted: Wanted) -> None:
        """Give a subscription an entry."""
        self.lanes.setdefault(subscription.id, []).append(wanted)
        self.carried.setdefault(wanted.article_id, set()).add(subscription.number)
        self.size += 1

    def leave(self, article_id: str, numbers: set[int]) -> None:
        """Note who was told that an article left its filter."""
        if numbers:
            self.left.setdefault(article_id, set()).update(numbers)
            self.inside.get(article_id, set()).difference_update(numbers)

    def back(self, article_id: str, numbers: set[int]) -> None:
        """Note whose filter an article that had left it is what it asks for again."""
        if numbers:
            self.inside.setdefault(article_id, set()).update(numbers)
            self.left.get(article_id, set()).difference_update(numbers)


def wanted_of(entry: Recorded, matched: tuple[str, ...]) -> Wanted:
    """Return what a lane keeps of an entry; `matched` are the filter's terms that held."""
    packed = pack(entry.type, entry.article_id, entry.version, to_json(matched))
    return Wanted(entry.seq, entry.article_id, packed)


def exit_of(entry: Recorded) -> Wanted:
    """Return what a lane keeps of an entry that tells that its article left the filter."""
    return Wanted(entry.seq, entry.article_id, pack(entry.type, entry.article_id, entry.version, EXIT))
