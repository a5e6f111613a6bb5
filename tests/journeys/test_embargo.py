"""An article under an embargo, from push to every channel: out on time, and nowhere a moment before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import orjson
import pytest

from tests.builders import a_push
from tests.journeys.line import Line
from tests.receiver import Receiver
from tests.waiting import until

HEADLINE = "Harbour bridge closes for zzyzx repairs"
UNKNOWN = "secretdesk-aaaaaaaaaaaaaaaaaaaa"
PATHS = (
    "/",
    "/articles/{id}",
    "/feeds",
    "/feeds/all.rss",
    "/feeds/all.atom",
    "/feeds/all.json",
    "/feeds/sources/secretdesk.rss",
    "/feeds/authors/zoe-zzyzx.atom",
    "/feeds/tags/zzyzx.json",
    "/feeds/search.rss?q=zzyzx",
    "/authors/zoe-zzyzx",
    "/tags/zzyzx",
    "/sitemap-news.xml",
    "/feeds.opml",
    "/api/v1/events",
    "/api/v1/events?q=zzyzx",
    "/api/v1/articles/{id}",
    "/api/v1/articles/{id}/versions",
    "/api/v1/articles/{id}/cluster",
    "/api/v1/articles/{id}/embargoed",
    "/api/v1/articles/embargoed",
)


async def test_nothing_shows_before_the_embargo_ends_and_everything_after(
    line: Line, receiver: Receiver, capfd: pytest.CaptureFixture[str]
) -> None:
    _, consumer = await line.post("/api/v1/consumers", {"name": "partner"})
    await line.post("/api/v1/subscriptions", {"url": receiver.url})
    secret = a_push(
        source={"id": "secretdesk"},
        guid="s-1",
        url="https://example.org/zzyzx",
        headline=HEADLINE,
        body_html="<p>The zzyzx repairs to the old harbour bridge begin on Monday and will last until spring.</p>",
        authors=[{"name": "Zoe Zzyzx"}],
        tags=["zzyzx"],
    )
    id = (await line.push(**secret, embargoed_until=moment(hours=1)))["id"]
    await until(lambda: _waits(line))
    await line.push(**secret | {"source": {"id": "desk"}, "guid": "c-1"})
    await until(lambda: len(receiver.calls) == 1)
    assert receiver.calls[0].event["data"]["article"]["duplicate_of"] is None
    for path in PATHS:
        hidden = await line.get(path.format(id=id), token=consumer["key"])
        if "{id}" in path:
            unknown = await line.get(path.format(id=UNKNOWN), token=consumer["key"])
            assert (hidden.status, hidden.body) == (unknown.status, unknown.body.replace(UNKNOWN.encode(), id.encode()))
        else:
            assert hidden.status in (200, 403, 404), path
            assert id.encode() not in hidden.body, path
    mine = orjson.loads((await line.get(f"/api/v1/articles/{id}")).body)
    assert (mine["status"], mine["headline"]) == ("embargoed", HEADLINE)

    ends = moment(seconds=0.5)
    await line.push(**secret, embargoed_until=ends)
    await until(lambda: len(receiver.calls) == 2)
    assert moment() >= ends
    told = receiver.calls[1].event
    assert (told["type"], told["data"]["article"]["id"]) == ("article.published", id)
    assert datetime.fromisoformat(told["timestamp"]) == datetime.fromisoformat(ends)
    assert id.encode() in (await line.get("/feeds/sources/secretdesk.json")).body
    assert orjson.loads((await line.get(f"/api/v1/articles/{id}")).body)["status"] == "usable"
    assert (await line.get(f"/articles/{id}")).status == 200
    assert HEADLINE not in capfd.readouterr().out


def moment(**ahead: float) -> str:
    return (datetime.now(UTC) + timedelta(**ahead)).isoformat()


async def _waits(line: Line) -> bool:
    return bool(orjson.loads((await line.get("/api/v1/articles/embargoed")).body)["embargoed"])
