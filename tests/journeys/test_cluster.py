"""One story at two sources: the second is known as a copy, everywhere, and who asked for firsts alone is not told."""

from __future__ import annotations

import orjson

from tests.journeys.line import Line
from tests.receiver import Receiver
from tests.waiting import until

TEXT = " ".join(f"The {n}th ferry of the day left at {n} past the hour, and {n} lamps were lit." for n in range(9))


async def test_a_copy_is_in_the_ledger_and_its_cluster_and_not_with_who_asked_for_firsts(
    line: Line, receiver: Receiver
) -> None:
    asked = {"url": receiver.url, "filter": "first-of-cluster:true"}
    assert (await line.post("/api/v1/subscriptions", asked))[0] == 201
    first = (await line.push(body_html=f"<p>{TEXT}</p>"))["id"]
    await until(lambda: len(receiver.calls) == 1)
    copy = (await line.push(source={"id": "wire"}, body_html=f"<p>(Wire) {TEXT}</p>", headline="Ferries"))["id"]
    other = (await line.push(guid="story-3", body_html="<p>Another story.</p>", headline="Another"))["id"]
    await until(lambda: len(receiver.calls) == 2)

    told = [call.event["data"]["article"]["headline"] for call in receiver.calls]
    assert told == ["Ferry service resumes across the bay", "Another"]
    articles = [event["data"]["article"] for event in await line.events()]
    # Across articles nothing waits: the other one may come in before the copy.
    assert {article["id"]: article["duplicate_of"] for article in articles} == {first: None, copy: first, other: None}
    cluster = orjson.loads((await line.get(f"/api/v1/articles/{copy}/cluster")).body)
    assert (cluster["first"], [member["id"] for member in cluster["members"]]) == (first, [first, copy])
