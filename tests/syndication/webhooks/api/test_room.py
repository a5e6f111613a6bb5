"""A consumer has room for so many subscriptions, however it asks for them; the operator has no bound."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

from services.syndication.webhooks.api.room import MOST
from tests.syndication.webhooks.api.asking import Bed


def asked(bed: Bed, count: int) -> dict[str, Any]:
    return {"subscriptions": [{"url": bed.receiver.url}] * count}


async def filled(bed: Bed, id: str, left: int = 0) -> str:
    key = await bed.consumer(id)
    assert (await bed("POST", "/batch", json=asked(bed, MOST - left), token=key)).status == 201
    return key


async def test_one_too_many_is_refused_and_told_the_bound(bed: Bed) -> None:
    north = await filled(bed, "north")
    refused = await bed("POST", json={"url": bed.receiver.url}, token=north)
    assert (refused.status, refused.json()["most"], refused.json()["count"]) == (409, MOST, MOST)
    assert str(MOST) in refused.json()["detail"]
    found = (await bed("GET", token=north)).json()["subscriptions"]
    assert len(found) == MOST


async def test_a_batch_that_does_not_fit_makes_nothing(bed: Bed) -> None:
    north = await filled(bed, "north", left=1)
    assert (await bed("POST", "/batch", json=asked(bed, 2), token=north)).status == 409
    assert len((await bed("GET", token=north)).json()["subscriptions"]) == MOST - 1


async def test_what_is_deleted_makes_room(bed: Bed) -> None:
    north = await filled(bed, "north")
    [first, *_] = (await bed("GET", token=north)).json()["subscriptions"]
    assert (await bed("DELETE", f"/{first['id']}", token=north)).status == 204
    await bed.made(north)
    assert (await bed("POST", json={"url": bed.receiver.url}, token=north)).status == 409


async def test_many_requests_at_once_find_no_more_room(bed: Bed) -> None:
    north = await filled(bed, "north", left=1)
    answers = await asyncio.gather(*(bed("POST", json={"url": bed.receiver.url}, token=north) for _ in range(10)))
    statuses = Counter(each.status for each in answers)
    assert statuses[201] <= 1
    assert statuses[201] + statuses[409] == 10
    assert len((await bed("GET", token=north)).json()["subscriptions"]) <= MOST


async def test_others_and_the_operator_have_room_of_their_own(bed: Bed) -> None:
    await filled(bed, "north")
    await bed.made(await bed.consumer("south"))
    for _ in range(2):
        assert (await bed("POST", "/batch", json=asked(bed, 60))).status == 201


async def test_the_operator_may_put_back_one_of_a_consumer_that_has_no_room(bed: Bed) -> None:
    north = await filled(bed, "north")
    back = {"id": "sub_back", "url": bed.receiver.url, "owner": "north"}
    assert (await bed("PUT", "/sub_back", json=back)).status == 201
    assert len((await bed("GET", token=north)).json()["subscriptions"]) == MOST + 1
