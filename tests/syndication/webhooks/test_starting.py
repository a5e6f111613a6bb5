"""Where a subscription starts: the forms there are, and the entry each comes to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.syndication.webhooks.matching import Wish
from services.syndication.webhooks.starting import first_of, start
from shared.query import parse
from shared.times import rfc3339
from tests.syndication.webhooks.bed import MemoryLedger, story

DAY = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def ledger() -> MemoryLedger:
    """Twenty entries, eight hours apart, every other one about a ferry; the first at midnight."""
    ledger = MemoryLedger()
    for number in range(20):
        what = "A ferry" if number % 2 else "A bridge"
        moment = rfc3339(DAY + timedelta(hours=8 * number))
        ledger.publish(story(number, headline=what, body_html=""), timestamp=moment)
    return ledger


@pytest.mark.parametrize(
    ("given", "first"),
    [
        ("now", 21),
        ({"seq": 1}, 1),
        ({"seq": 13}, 13),
        ({"seq": 21}, 21),
        ({"last": 1}, 20),
        ({"last": 3}, 16),
        ({"last": 1000}, 2),
        ({"date": "2026-11-20"}, 1),
        ({"date": "2026-11-21"}, 4),
        ({"date": "2026-11-21T00:00:01Z"}, 5),
        ({"date": "2026-11-21T02:00:00+02:00"}, 4),
        ({"date": "2001-01-01"}, 1),
        ({"date": "2030-01-01"}, 21),
    ],
)
async def test_each_form_comes_to_its_entry(ledger: MemoryLedger, given: Any, first: int) -> None:
    assert await first_of(start(given), Wish(parse("ferry")), ledger, 20) == first


@pytest.mark.parametrize(
    "given",
    [
        *("then", "", None, 7, True, [], {}, {"seq": 0}, {"seq": -1}, {"seq": True}, {"seq": "4"}, {"seq": 10**12}),
        *({"last": 0}, {"last": 1001}, {"last": 1.5}, {"seq": 1, "last": 2}, {"date": 5}, {"date": "yesterday"}),
        *({"date": "2026-11-20T10:00:00"}, {"date": "2026-13-01"}, {"date": "9999-12-31T23:59:59-14:00"}, {"after": 4}),
    ],
)
def test_all_else_is_refused_and_the_forms_are_named(given: Any) -> None:
    with pytest.raises(ValueError, match='must be "now"'):
        start(given)


async def test_what_is_no_longer_kept_is_not_promised(ledger: MemoryLedger) -> None:
    read, read_back = ledger.read, ledger.read_back

    async def trimmed(after: int, limit: int, block_ms: int) -> Any:
        return await read(max(after, 7), limit, block_ms)

    async def trimmed_back(before: int, limit: int) -> Any:
        return [entry for entry in await read_back(before, limit) if entry.seq > 7]

    # As if the oldest had been removed.
    ledger.read, ledger.read_back = trimmed, trimmed_back  # type: ignore[method-assign]
    nothing = Wish(parse(""))
    assert await first_of(start({"seq": 2}), nothing, ledger, 20) == 8
    assert await first_of(start({"date": "2026-11-20"}), nothing, ledger, 20) == 8
    assert await first_of(start({"last": 500}), nothing, ledger, 20) == 8
