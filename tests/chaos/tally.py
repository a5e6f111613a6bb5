"""What receivers got, counted: what they missed, what came again, and whether anything came in the wrong order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from tests.chaos.stack import Version
from tests.receiver import Call


class Tally:
    """Calls in the order they came, each path being a receiver of its own."""

    def __init__(self, calls: Sequence[Call]) -> None:
        self.came: dict[tuple[str, Version], list[str]] = {}
        """The webhook-ids under which each receiver got each version."""
        self.newest: Counter[tuple[str, str]] = Counter()
        self.inversions: list[str] = []
        for call in calls:
            article, version = call.version
            self.came.setdefault((call.path, (article, version)), []).append(call.id)
            if version < self.newest[call.path, article]:
                self.inversions.append(f"{call.path} {article}: {version} after {self.newest[call.path, article]}")
            self.newest[call.path, article] = max(version, self.newest[call.path, article])

    @property
    def repeats(self) -> int:
        """How often a receiver got what it had."""
        return sum(len(ids) - 1 for ids in self.came.values())

    def missed(self, wanted: Iterable[tuple[str, Version]]) -> set[tuple[str, Version]]:
        """Return what came neither itself nor as a newer version, by which those that wait are replaced."""
        return {(path, (article, n)) for path, (article, n) in wanted if self.newest[path, article] < n}

    def check(self) -> None:
        """Raise AssertionError when something came in the wrong order, or again under another webhook-id."""
        assert not self.inversions, self.inversions[:5]
        again = {key: set(ids) for key, ids in self.came.items() if len(set(ids)) > 1}
        assert not again, f"repeats carry other webhook-ids: {[*again.items()][:3]}"
