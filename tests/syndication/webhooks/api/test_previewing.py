"""What a filter would have matched, before anybody subscribes with it."""

from __future__ import annotations

from tests.syndication.webhooks.api.asking import Bed
from tests.syndication.webhooks.bed import story


async def test_preview_shows_what_would_have_matched_and_why(bed: Bed) -> None:
    for number in range(1, 5):
        bed.ledger.publish(story(number, language="uk" if number % 2 else "en"))
    told = (await bed("POST", "/preview", json={"filter": "lang:uk ferry", "limit": 3})).json()
    assert told["scanned"] == 3
    assert [(each["seq"], each["matched"]) for each in told["matched"]] == [(3, ["lang:uk", "ferry"])]
