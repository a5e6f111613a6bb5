"""A subscription that begins in the past gets what was there and what comes, without gap or overlap."""

from __future__ import annotations

import asyncio

from tests.asgi import Answer
from tests.syndication.webhooks.api.asking import Bed
from tests.syndication.webhooks.bed import story
from tests.waiting import until


def publish(bed: Bed, first: int, last: int) -> None:
    for number in range(first, last + 1):
        bed.ledger.publish(story(number, headline="A ferry" if number % 2 else "A bridge", body_html=""))


async def test_what_was_there_comes_first_and_then_what_comes(bed: Bed) -> None:
    publish(bed, 1, 9)
    made = await bed.made(filter="ferry", start={"seq": 4})
    assert (made["status"], made["starts_at"]) == ("active", 4)
    publish(bed, 10, 13)
    await until(lambda: len(bed.receiver.calls) == 5)
    assert sorted(bed.receiver.seqs) == [5, 7, 9, 11, 13]
    previous = {call.seq: call.event["data"]["previous_seq"] for call in bed.receiver.calls}
    assert previous == {5: None, 7: 5, 9: 7, 11: 9, 13: 11}
    assert (await bed("GET", f"/{made['id']}")).json()["status"] == "active"


async def test_the_latest_that_match_are_sent_though_nothing_new_comes(bed: Bed) -> None:
    publish(bed, 1, 9)
    assert (await bed.made(filter="ferry", start={"last": 2}))["starts_at"] == 7
    await until(lambda: len(bed.receiver.calls) == 2)
    assert sorted(bed.receiver.seqs) == [7, 9]


async def test_one_that_begins_at_the_number_to_come_gets_it(bed: Bed) -> None:
    publish(bed, 1, 2)
    assert (await bed.made(start={"seq": 3}))["starts_at"] == 3
    publish(bed, 3, 4)
    await until(lambda: len(bed.receiver.calls) == 2)
    assert sorted(bed.receiver.seqs) == [3, 4]


async def test_a_number_past_that_is_refused_and_nothing_is_made(bed: Bed) -> None:
    publish(bed, 1, 2)
    ahead, fine = ({"url": bed.receiver.url, "from": {"seq": seq}} for seq in (4, 3))
    for method, path, asked, field in (
        ("POST", "", ahead, "from"),
        ("POST", "/batch", {"subscriptions": [fine, ahead]}, "subscriptions.1.from"),
        ("PUT", "/sub_1", ahead, "from"),
    ):
        refused = await bed(method, path, json=asked)
        document = refused.json()
        assert (refused.status, document["latest"], document["errors"][0]["field"]) == (409, 2, field)
        assert '{"seq": 3}' in document["detail"]
    assert (await bed("GET")).json()["subscriptions"] == []


async def test_there_is_no_gap_while_the_ledger_grows(bed: Bed) -> None:
    """Many begin at once in the midst of what is published: each gets all from its start on, once."""

    async def grow() -> None:
        for number in range(1, 101):
            publish(bed, number, number)
            await asyncio.sleep(0)

    async def subscribe(number: int) -> Answer:
        for _ in range(number * 3):
            await asyncio.sleep(0)
        return await bed("POST", json={"url": f"{bed.receiver.url}/{number}", "from": {"seq": 1}})

    answers, _ = await asyncio.gather(asyncio.gather(*(subscribe(number) for number in range(8))), grow())
    assert {answer.status for answer in answers} == {201}
    await until(lambda: len(bed.receiver.calls) >= 800)
    for number in range(8):
        got = [call.seq for call in bed.receiver.calls if call.path.endswith(f"/{number}")]
        assert sorted(got) == [*range(1, 101)]


async def test_other_forms_are_refused_naming_the_field(bed: Bed) -> None:
    refused = await bed("POST", json={"url": bed.receiver.url, "from": "yesterday"})
    assert (refused.status, refused.json()["errors"][0]["field"]) == (422, "from")
    assert '{"seq": N}' in refused.json()["errors"][0]["message"]
