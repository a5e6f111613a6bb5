"""Lists of what went to a subscription name articles by their headlines, to those alone who may be shown them."""

from __future__ import annotations

from typing import Any

import orjson

from shared.auth import CONSUMERS
from shared.events import to_json
from tests.asgi import ask
from tests.syndication.webhooks.api.asking import Bed
from tests.syndication.webhooks.bed import TOKEN, story
from tests.waiting import until


async def told(bed: Bed, key: str) -> list[Any]:
    """Return the headline of the first article in retractions, in the log, in its receipts, and by its attempt."""
    [subscription] = (await bed("GET", token=key)).json()["subscriptions"]
    path = f"/api/v1/subscriptions/{subscription['id']}/deliveries"
    listed = (await ask(bed.app, "GET", f"{path}?headlines=true", token=key)).json()["deliveries"]
    assert not any("headline" in each for each in (await ask(bed.app, "GET", path, token=key)).json()["deliveries"])
    [newest, *_] = listed
    paths = (f"/api/v1/articles/{story().id}/receipts", f"{path}/{newest['id']}")
    [row] = (await ask(bed.app, "GET", "/api/v1/retractions", token=key)).json()["retractions"]
    return [
        row["headline"],
        newest["headline"],
        *[(await ask(bed.app, "GET", each, token=key)).json()["headline"] for each in paths],
    ]


async def test_the_newest_headline_is_told_to_whom_it_may_be(bed: Bed) -> None:
    free, bound = await bed.consumer("free"), await bed.consumer("bound", query="section:world")
    for key in (free, bound):
        await bed.made(key)
    bed.ledger.publish(story(headline="First", section="world"))
    await until(lambda: len(bed.receiver.calls) == 2)
    bed.ledger.publish(story(1, 2, headline="Second", section="world"), "article.updated")
    await until(lambda: len(bed.receiver.calls) == 4)
    bed.ledger.publish(story(1, 3, headline="", body_html="", status="canceled"), "article.retracted", reason="wrong")
    await until(lambda: len(bed.receiver.calls) == 6)
    await until(lambda: _logged(bed, bound, 3))
    assert await told(bed, free) == ["Second"] * 4
    assert await told(bed, bound) == ["Second"] * 4
    await bed.store.do("HSET", CONSUMERS, "bound", to_json(await _record(bed, "bound") | {"query": "section:sport"}))
    assert await told(bed, bound) == [None] * 4
    bed.ledger.documents.clear()
    assert await told(bed, free) == [None] * 4


async def test_what_is_withheld_is_called_by_no_headline_but_to_the_newsroom(bed: Bed) -> None:
    key = await bed.consumer("free")
    for token in (key, TOKEN):
        await bed.made(token)
    bed.ledger.publish(story(headline="First"))
    await until(lambda: len(bed.receiver.calls) == 2)
    bed.ledger.publish(story(1, 2, headline="Unfit to print", status="withheld"), "article.updated")
    await until(lambda: len(bed.receiver.calls) == 4)
    receipts = f"/api/v1/articles/{story().id}/receipts"
    told = [(await ask(bed.app, "GET", receipts, token=token)).json()["headline"] for token in (key, TOKEN)]
    assert told == [None, "Unfit to print"]


async def test_who_was_sent_nothing_of_an_article_is_not_told_what_it_is_called(bed: Bed) -> None:
    key = await bed.consumer("other")
    await bed.made()
    bed.ledger.publish(story())
    await until(lambda: bed.receiver.calls)
    receipts = f"/api/v1/articles/{story().id}/receipts"
    assert (await ask(bed.app, "GET", receipts, token=key)).json()["headline"] is None


async def _record(bed: Bed, id: str) -> dict[str, Any]:
    record: dict[str, Any] = orjson.loads(await bed.store.do("HGET", CONSUMERS, id))
    return record


async def _logged(bed: Bed, key: str, count: int) -> bool:
    [subscription] = (await bed("GET", token=key)).json()["subscriptions"]
    path = f"/{subscription['id']}/deliveries"
    return len((await bed("GET", path, token=key)).json()["deliveries"]) == count
