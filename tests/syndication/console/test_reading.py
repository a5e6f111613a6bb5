"""What the console shows, to whom, and what it says when it cannot."""

from __future__ import annotations

import time

import pytest

from shared.redis import Store
from shared.refusals import Refusals
from shared.streams import ARTICLE_INGESTED
from tests.syndication.console.conftest import Room, words
from tests.syndication.page.building import parsed
from tests.syndication.portal.scene import Developer, consumer
from tests.syndication.webhooks.bed import TOKEN, story
from tests.waiting import until

LETTERS = ("/console/dead-letters", "/console/dead-letters/x/retry", "/console/dead-letters/all/delete")


@pytest.mark.parametrize(
    "path", ["/console/sources", "/console/sources/x/poll", "/console/subscriptions/x/pause", *LETTERS]
)
async def test_nobody_gets_in_without_the_token(room: Room, path: str) -> None:
    stranger = Developer(room.app)
    assert 'name="key"' in (await stranger.get("/console")).body.decode()
    assert (await stranger.get(path)).headers["location"] == "/console"
    for form in ("dead-letters/x/retry", "dead-letters/all/delete", "sources/x/poll", "subscriptions/x/pause"):
        assert (await stranger.post(f"/console/{form}")).headers["location"] == "/console"


async def test_a_consumers_key_or_session_opens_nothing(room: Room, store: Store) -> None:
    ann = await consumer(store, "Ann")
    answer = await Developer(room.app).post("/console/sign-in", key=ann.key)
    assert (answer.status, "set-cookie" in answer.headers) == (403, False)
    browser = Developer(room.app)
    await browser.sign_in(ann.key)
    assert (await browser.get("/portal")).status == 200
    assert (await browser.get("/console/sources")).status == 303
    assert 'name="key"' in (await browser.get("/console")).body.decode()


async def test_who_signs_in_is_signed_in_to_the_portal_too(room: Room) -> None:
    browser = Developer(room.app)
    answer = await browser.post("/console/sign-in", key=TOKEN)
    assert answer.headers["location"] == "/console"
    assert TOKEN not in str(answer.headers)
    page = await browser.get("/portal")
    assert "Sign out" in page.body.decode()
    assert b'href="/console"' in page.body
    home = await browser.get("/console")
    assert (home.headers["cache-control"], "default-src 'none'" in home.headers["content-security-policy"]) == (
        "no-store",
        True,
    )


async def test_the_line_its_subscribers_and_its_newest_entries_are_shown(room: Room) -> None:
    browser = await room.operator()
    fields = {"url": room.receiver.url, "filter": "", "description": "Front page"}
    await browser.submit("/portal/new", "/portal/subscriptions", **fields)
    room.ledger.publish(story())
    await until(lambda: room.receiver.calls)
    for number in range(1, 4):
        await room.publish(number)
    await room.sampled(3)
    page = parsed((await browser.get("/console")).body)
    assert page.xpath("//dl[@class='figures']//dd[1]")[0].text == "3"
    assert page.xpath("//tbody[@id='tail']/tr/td[1]/text()") == ["3", "2", "1"]
    assert page.xpath("//tbody[@id='tail']/@data-stream") == ["/events/stream?after=3"]
    assert len(page.xpath("//*[local-name()='polyline']")) == 2
    [link] = page.xpath("//a[text()='Front page']/@href")
    assert (await browser.get(link)).status == 200


async def test_a_refused_file_is_told_with_line_and_reason_to_who_is_signed_in(room: Room, store: Store) -> None:
    reason = "sources.toml, line 7: source.url: is <b>missing</b>\nsources.toml, line 9: source.id: bay stands twice"
    await Refusals(store, time.time).tell("ingest-1", [reason])
    page = parsed((await (await room.operator()).get("/console")).body)
    [alert] = page.xpath("//main//*[@role='alert']")
    assert "sources.toml is refused" in alert.text_content()
    assert alert.xpath(".//li/text()") == [
        "line 7: source.url: is <b>missing</b>",
        "line 9: source.id: bay stands twice",
    ]
    assert b"sources.toml" not in (await Developer(room.app).get("/console")).body


async def test_an_empty_line_says_so(room: Room) -> None:
    said = words((await (await room.operator()).get("/console")).body)
    assert "Dead letters0" in said
    assert "article.ingested enrichment not yet" in said
    assert "Nobody has subscribed yet" in said


async def test_how_far_every_group_is_is_read_anew(room: Room) -> None:
    key = ARTICLE_INGESTED.key(0)
    await room.store.do("XGROUP", "CREATE", key, "enrichment", "0", "MKSTREAM")
    for _ in range(3):
        await room.store.do("XADD", key, "*", "n", 1)
    await room.store.do("XREADGROUP", "GROUP", "enrichment", "me", "COUNT", 1, "STREAMS", key, ">")
    page = parsed((await (await room.operator()).get("/console")).body)
    [row] = page.xpath("//tr[th='article.ingested']")
    assert row.xpath("td/text()")[:3] == ["enrichment", "2", "1"]


async def test_the_ledger_is_shown_by_a_query(room: Room) -> None:
    for number in range(1, 24):
        await room.publish(number)
    browser = await room.operator()
    page = parsed((await browser.get("/console?q=%22Story+2%22")).body)
    assert page.xpath("//tbody[@id='tail']/tr/td[1]/text()") == ["2"]
    assert page.xpath("//tbody[@id='tail']/@data-stream") == ["/events/stream?after=23&q=%22Story+2%22"]
    assert page.xpath("//input[@id='query']/@value") == ['"Story 2"']
    assert "None of the latest" in words((await browser.get("/console?q=nothing")).body)
    everything = parsed((await browser.get("/console")).body)
    assert len(everything.xpath("//tbody[@id='tail']/tr")) == 20


async def test_a_wrong_query_is_shown_where_it_goes_wrong(room: Room) -> None:
    await room.publish(1)
    answer = await (await room.operator()).get("/console?q=%3Cb%3E+AND+x%3Ay")
    page = parsed(answer.body)
    assert (answer.status, [one.text for one in page.xpath("//mark")]) == (422, ["x"])
    assert page.xpath("//tbody[@id='tail']/@data-stream") == []
    assert not page.xpath("//main//b")
