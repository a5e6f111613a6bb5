"""A story is taken back: every channel that carried it says so, and none repeats what it said."""

from __future__ import annotations

import orjson
from lxml import etree

from tests.journeys.line import Line
from tests.receiver import Receiver
from tests.waiting import until

REASON = "The ferry does not sail after all."
BODY = "The ferry sails again"


async def test_a_retraction_reaches_webhook_feed_and_api_without_the_text(line: Line, receiver: Receiver) -> None:
    asked = {"url": receiver.url, "filter": "tag:harbour"}
    assert (await line.post("/api/v1/subscriptions", asked))[0] == 201
    article = (await line.push(categories=["Harbour"]))["id"]
    await until(lambda: len(receiver.calls) == 1)
    status, answer = await line.post(f"/api/v1/articles/{article}/retract", {"reason": REASON})
    assert (status, answer["version"]) == (202, 2)
    await until(lambda: len(receiver.calls) == 2)

    told = receiver.calls[1]
    assert told.event["type"] == "article.retracted"
    assert told.event["data"]["reason"] == REASON
    assert BODY.encode() not in told.body
    for feed in ("all", "tags/harbour", "sources/desk"):
        (item,) = etree.fromstring((await line.get(f"/feeds/{feed}.rss")).body).iterfind("channel/item")
        assert article in (item.findtext("guid") or "")
        assert BODY not in etree.tostring(item, encoding="unicode")
    shown = orjson.loads((await line.get(f"/api/v1/articles/{article}")).body)
    assert (shown["status"], shown["body_html"]) == ("canceled", "")
    again = await line.post(f"/api/v1/articles/{article}/retract", {"reason": REASON})
    assert again[1]["status"] == "unchanged"
    assert len(await line.events()) == 2
