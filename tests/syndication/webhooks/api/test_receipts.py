"""Who confirmed a retraction, who did not yet, and what a consumer sees of that."""

from __future__ import annotations

from typing import Any

from tests.asgi import Answer, ask
from tests.receiver import Call, Reply, a_receiver
from tests.syndication.webhooks.api.asking import Bed
from tests.syndication.webhooks.bed import TOKEN, story
from tests.waiting import until


async def receipts(bed: Bed, token: str = TOKEN, article: str = story(1).id) -> Answer:
    return await ask(bed.app, "GET", f"/api/v1/articles/{article}/receipts", token=token)


async def counted(bed: Bed, confirmed: int, outstanding: int) -> dict[str, Any]:
    found: dict[str, Any] = {}

    async def reached() -> bool:
        answer = await receipts(bed)
        found.update(answer.json() if answer.status == 200 else {"confirmed": None, "outstanding": None})
        return (found["confirmed"], found["outstanding"]) == (confirmed, outstanding)

    await until(reached)
    return found


async def test_a_retraction_is_accounted_for_at_everyone_who_got_the_article(bed: Bed) -> None:
    async def down(call: Call) -> Reply:
        return Reply(500 if call.event["type"] == "article.retracted" else 204)

    north = await bed.consumer("north")
    async with a_receiver(down) as deaf:
        good = await bed.made(filter="ferry", token=north)
        bad = (await bed("POST", json={"url": deaf.url})).json()
        await bed.made(filter="bridge")
        bed.ledger.publish(story(1))
        await counted(bed, 2, 0)
        bed.ledger.publish(story(1, 2, headline="", body_html="", status="canceled"), "article.retracted")
        found = await counted(bed, 1, 1)
        await until(lambda: len(deaf.calls) >= 2)
    assert found["latest"] == {"seq": 2, "version": 2, "type": "article.retracted"}
    assert found["subscriptions"] == 2
    rows = {row["subscription"]: row for row in found["receipts"]}
    assert rows[good["id"]]["confirmed"]["version"] == 2
    assert rows[good["id"]]["confirmed"]["attempts"] == 1
    assert rows[good["id"]]["confirmed"]["ms"] >= 0
    assert (rows[bad["id"]]["assigned"]["state"], rows[bad["id"]]["confirmed"]["version"]) == ("waiting", 1)
    own = (await receipts(bed, north)).json()
    assert [row["subscription"] for row in own["receipts"]] == [good["id"]]
    assert (own["subscriptions"], own["confirmed"], own["outstanding"]) == (1, 1, 0)


async def test_many_are_shown_page_by_page_and_counted_whole(bed: Bed, monkeypatch: Any) -> None:
    from services.syndication.webhooks import receipts as counting  # noqa: PLC0415

    monkeypatch.setattr(counting, "MOST_SHOWN", 2)
    for number in range(5):
        await bed("POST", json={"url": f"{bed.receiver.url}/{number}"})
    bed.ledger.publish(story(1))
    page = await counted(bed, 5, 0)
    seen = [row["url"] for row in page["receipts"]]
    while page["next"]:
        path = f"/api/v1/articles/{story(1).id}/receipts?after={page['next']}"
        page = (await ask(bed.app, "GET", path, token=TOKEN)).json()
        assert page["subscriptions"] == 5
        seen += [row["url"] for row in page["receipts"]]
    assert sorted(url[-1] for url in seen) == ["0", "1", "2", "3", "4"]


async def test_an_unknown_article_has_none(bed: Bed) -> None:
    assert (await receipts(bed, article="desk-none")).status == 404
    assert (await receipts(bed, "wrong")).status == 401
