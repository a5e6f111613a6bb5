"""Copies and revisions are recognised by each edit that wire editors make, and nothing else is taken for one."""

from __future__ import annotations

from shared.redis import Store
from tests.enrichment.quality import TEXTS, copies

FLOORS = {
    "credit line added": (0.99, 0.97),
    "dateline added": (0.99, 0.97),
    "1% of words changed": (0.99, 0.95),
    "5% of words changed": (0.98, 0.0),
    "one paragraph dropped": (0.98, 0.5),
    "two new lead paragraphs": (0.97, 0.5),
    "trimmed to 60%": (0.9, 0.0),
    "trimmed to 30%": (0.97, 0.0),
    "trimmed to 30%, dateline and credit added": (0.95, 0.0),
    "trimmed to 30%, 2% of words changed": (0.95, 0.0),
    "trimmed to 20%": (0.85, 0.0),
    "trimmed to 30%, new lead paragraphs": (0.1, 0.0),
}
"""The least recall, and the least share of texts that are called copies, by edit; the table is in `make bench`."""


async def test_each_edit_is_recognised_as_often_as_measured(store: Store) -> None:
    found = await copies(store)
    recall = {edit: (seen.recall, seen.copies / seen.asked) for edit, seen in found.by_edit.items()}

    assert {edit: pair for edit, pair in recall.items() if pair[0] < FLOORS[edit][0] or pair[1] < FLOORS[edit][1]} == {}
    assert found.false == 0
    assert sum(seen.wrong for seen in found.by_edit.values()) <= TEXTS // 100
    assert found.by_edit["trimmed to 60%"].copies == 0
