"""The newest retractions that went to anybody, and how many of those confirmed them."""

from __future__ import annotations

from typing import Any

import pytest

from services.syndication.webhooks import retractions
from tests.asgi import Answer, ask
from tests.receiver import Call, Reply, a_receiver
from tests.syndication.webhooks.api.asking import Bed
from tests.syndication.webhooks.bed import TOKEN, story
from tests.waiting import until


async def asked(bed: Bed, query: str = "", token: str = TOKEN) -> Answer:
    return await ask(bed.app, "GET", f"/api/v1/retractions{query}", token=token)


def retract(bed: Bed, number: int) -> None:
    bed.ledger.publish(
        story(number, 2, headline="", body_html="", status="canceled"), "article.retracted", reason=f"wrong {number}"
    )


async def counted(bed: Bed, wanted: list[tuple[int, int]], query: str = "") -> list[dict[str, Any]]:
    """Return the retractions once so many subscriptions confirmed each, and are outstanding."""
    found: list[dict[str, Any]] = []

    async def reached() -> bool:
        found[:] = (await asked(bed, query)).json()["retractions"]
        return [(each["confirmed"], each["outstanding"]) for each in found] == wanted

    await until(reached)
    return found


async def test_each_is_counted_and_a_consumer_sees_its_own(bed: Bed) -> None:
    async def down(call: Call) -> Reply:
        return Reply(500 if call.event["type"] == "article.retracted" else 204)

    north = await bed.consumer("north")
    south = await bed.consumer("south")
    async with a_receiver(down) as deaf:
        await bed.made(filter="ferry", token=north)
        await bed("POST", json={"url": deaf.url, "filter": "ferry OR bridge"})
        for number in (1, 2):
            bed.ledger.publish(story(number, headline="A ferry" if number == 1 else "A bridge", body_html=""))
        await until(lambda: len(deaf.calls) == 2 and len(bed.receiver.calls) == 1)
        retract(bed, 1)
        retract(bed, 2)
        retract(bed, 3)
        newest, older = await counted(bed, [(0, 1), (1, 1)])
    assert (newest["article_id"], newest["reason"], newest["subscriptions"]) == (story(2).id, "wrong 2", 1)
    assert newest["slowest_ms"] is None
    assert (older["seq"], older["version"], older["subscriptions"]) == (3, 2, 2)
    assert older["slowest_ms"] >= 0
    [own] = (await asked(bed, token=north)).json()["retractions"]
    assert (own["article_id"], own["subscriptions"], own["confirmed"], own["outstanding"]) == (story(1).id, 1, 1, 0)
    assert (await asked(bed, token=south)).json() == {"retractions": [], "next": None}


async def test_they_are_read_page_by_page(bed: Bed) -> None:
    await bed.made()
    for number in range(5):
        bed.ledger.publish(story(number))
    await until(lambda: len(bed.receiver.calls) == 5)
    for number in range(5):
        retract(bed, number)
    await counted(bed, [(1, 0)] * 5)
    found, query = [], "?limit=2"
    while query:
        page = (await asked(bed, query)).json()
        found += [each["seq"] for each in page["retractions"]]
        query = f"?limit=2&before={page['next']}" if page["next"] else ""
    assert found == [10, 9, 8, 7, 6]


@pytest.mark.parametrize(("name", "most"), [("MOST_SCANNED", 4), ("SECONDS", -1.0)])
async def test_what_takes_too_long_says_where_to_go_on(
    bed: Bed, monkeypatch: pytest.MonkeyPatch, name: str, most: float
) -> None:
    await bed.made()
    bed.ledger.publish(story(0))
    await until(lambda: bed.receiver.calls)
    retract(bed, 0)
    for number in range(10):
        bed.ledger.publish(story(9, number + 1))
    await counted(bed, [(1, 0)])
    monkeypatch.setattr(retractions, name, most)
    page = (await asked(bed)).json()
    assert page["retractions"] == []
    assert page["next"] == (9 if name == "MOST_SCANNED" else 13)


@pytest.mark.parametrize("query", ["?limit=0", "?limit=101", "?before=x", "?before=0"])
async def test_wrong_numbers_are_refused(bed: Bed, query: str) -> None:
    assert (await asked(bed, query)).status == 422


async def test_it_needs_a_key(bed: Bed) -> None:
    assert (await asked(bed, token="wrong")).status == 401
