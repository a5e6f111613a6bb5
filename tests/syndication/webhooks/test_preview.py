"""A preview takes no longer than it may."""

from __future__ import annotations

from itertools import count

import pytest

from services.syndication.webhooks import preview as previewing
from services.syndication.webhooks.matching import Wish
from services.syndication.webhooks.preview import preview
from shared.query import parse
from shared.times import now
from tests.syndication.webhooks.bed import MemoryLedger, story


@pytest.fixture
async def ledger() -> MemoryLedger:
    ledger = MemoryLedger()
    for number in range(10):
        ledger.publish(story(number))
    return ledger


async def test_when_its_time_is_up_a_preview_says_that_it_is_not_complete(ledger: MemoryLedger) -> None:
    clock = count(0.0, 0.3)
    told = await preview(Wish(parse("")), days=7, limit=9, ledger=ledger, now=now(), clock=lambda: next(clock))
    assert (told["complete"], told["scanned"]) == (False, 3)
    assert [each["seq"] for each in told["matched"]] == [10, 9, 8]


async def test_no_more_is_looked_at_than_one_answer_may(ledger: MemoryLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previewing, "MOST_SCANNED", 4)
    told = await preview(Wish(parse("")), days=7, limit=9, ledger=ledger, now=now(), clock=lambda: 0.0)
    assert (told["complete"], told["scanned"]) == (False, 4)
