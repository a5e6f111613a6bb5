"""An article under an embargo, from push to every channel: out on time, and nowhere a moment before."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import orjson
import pytest

from tests.builders import a_push
from tests.journeys.line import Line
from tests.receiver import Receiver
from tests.waiting import ENOUGH, until

HEADLINE = "Harbour bridge closes for zzyzx repairs"
SECRET: dict[str, object] = {
    "guid": "s-1",
    "url": "https://example.org/zzyzx",
    "headline": HEADLINE,
    "body_html": "<p>The zzyzx repairs to the old harbour bridge begin on Monday and will last until spring.</p>",
    "authors": [{"name": "Zoe Zzyzx"}],
    "tags": ["zzyzx"],
}
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
    secret = a_push(source={"id": "secretdesk"}, **SECRET)
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

    ends = moment(seconds=ENOUGH)
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


async def test_what_goes_early_to_one_is_nowhere_else_and_taken_back_there(
    line: Line, receiver: Receiver, capfd: pytest.CaptureFixture[str]
) -> None:
    _, partner = await line.post("/api/v1/consumers", {"name": "partner", "embargo": "early"})
    _, other = await line.post("/api/v1/consumers", {"name": "other"})
    asked, own = {"url": receiver.url, "embargoed": True}, f"Bearer {partner['key']}"
    status, refused = await line.post("/api/v1/subscriptions", asked, authorization=f"Bearer {other['key']}")
    assert (status, refused["errors"][0]["field"]) == (403, "embargoed")
    _, made = await line.post("/api/v1/subscriptions", asked, authorization=own)
    _, feed = await line.post("/api/v1/private-feeds", {"consumer": partner["id"]})
    id = (await line.push(source={"id": "secretdesk"}, **SECRET, embargoed_until=moment(hours=1)))["id"]
    await until(lambda: len(receiver.calls) == 1)
    early = receiver.calls[0]
    assert (early.event["type"], early.version) == ("article.embargoed", (id, 1))
    assert "zzyzx" in early.event["data"]["article"]["body_html"]

    one = f"/api/v1/subscriptions/{made['id']}"
    paths = [*PATHS, f"/api/v1/events?subscription={made['id']}", f"{one}/digest", f"{one}/stats", "/metrics"]
    paths += ["/api/v1/articles/{id}/receipts", "/api/v1/articles/{id}/embargoed/receipts", "/api/v1/consumers"]
    paths += [address.removeprefix(line.url) for address in feed["urls"].values()]
    for key in (partner["key"], other["key"]):
        for path in paths:
            hidden = await line.get(path.format(id=id), token=key)
            assert hidden.status in (200, 403, 404), path
            assert "{id}" not in path or hidden.status in (403, 404), path
            assert not any(text in hidden.body for text in (b"Harbour bridge", b"until spring", b"Zoe Zzyzx")), path
            assert "{id}" in path or id.encode() not in hidden.body, path
        _, preview = await line.post("/api/v1/subscriptions/preview", {"filter": ""}, authorization=f"Bearer {key}")
        assert (preview["count"], preview["scanned"]) == (0, 0)
    assert (await line.get(f"{one}/deliveries", token=other["key"])).status == 404
    log = await line.get(f"{one}/deliveries", token=partner["key"])
    assert (id.encode() in log.body, b"zzyzx" in log.body) == (True, False)
    assert await _live(line) == b""

    mine = orjson.loads((await line.get(f"/api/v1/articles/{id}/embargoed/receipts")).body)
    assert [(row["owner"], row["deliveries"][0]["state"]) for row in mine["receipts"]] == [(partner["id"], "delivered")]
    await line.post(f"/api/v1/articles/{id}/retract", {"reason": "Killed."})
    await until(lambda: len(receiver.calls) == 3)
    types = {call.event["type"] for call in receiver.calls if call.version[0] == id}
    assert types == {"article.embargoed", "article.withdrawn"}
    assert id not in str(await line.events())
    assert "zzyzx" not in capfd.readouterr().out.lower()


async def _live(line: Line) -> bytes:
    """Return what the live stream tells of everything that was ever told."""
    url = urlsplit(line.url)
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    writer.write(b"GET /events/stream?after=0 HTTP/1.1\r\nhost: line\r\n\r\n")
    await reader.readuntil(b"retry: 2000\n\n")
    await line.push(guid="open", headline="Open")
    told = await reader.readuntil(b"\nid: 1\n")
    writer.close()
    return told.removesuffix(b"\nid: 1\n").strip(b"\r\n0123456789abcdef")


def moment(**ahead: float) -> str:
    return (datetime.now(UTC) + timedelta(**ahead)).isoformat()


async def _waits(line: Line) -> bool:
    return bool(orjson.loads((await line.get("/api/v1/articles/embargoed")).body)["embargoed"])
