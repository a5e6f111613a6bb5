"""What the console shows, to whom, and what it says when it cannot."""

from __future__ import annotations

import pytest

from services.syndication.console import reading
from shared.redis import Store
from tests.syndication.console.conftest import Room, words
from tests.syndication.page.building import parsed
from tests.syndication.portal.scene import Developer, consumer
from tests.syndication.webhooks.bed import TOKEN, story
from tests.waiting import until

SOURCE = {
    **dict.fromkeys(("moved_to", "imperfect", "pushed_at", "succeeded_at", "items_a_day")),
    "id": "bay",
    "kind": "feed",
    "name": "Bay Wire",
    "url": "https://bay.example/rss",
    "status": "failing",
    "error": "could not <connect>",
    "failures": 4,
    "next_poll_at": "2026-11-22T12:00:00Z",
}


@pytest.mark.parametrize("path", ["/console/sources", "/console/dead-letters", "/console/dead-letters/x/retry"])
async def test_nobody_gets_in_without_the_token(room: Room, path: str) -> None:
    stranger = Developer(room.app)
    assert 'name="key"' in (await stranger.get("/console")).body.decode()
    assert (await stranger.get(path)).headers["location"] == "/console"
    assert (await stranger.post("/console/dead-letters/x/retry")).status == 303


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
    for _ in range(3):
        await room.line.sample()
    page = parsed((await browser.get("/console")).body)
    assert page.xpath("//dl[@class='figures']//dd[1]")[0].text == "3"
    assert page.xpath("//tbody[@id='tail']/tr/td[1]/text()") == ["3", "2", "1"]
    assert page.xpath("//tbody[@id='tail']/@data-after") == ["3"]
    assert len(page.xpath("//*[local-name()='polyline']")) == 2
    [link] = page.xpath("//a[text()='Front page']/@href")
    assert (await browser.get(link)).status == 200


async def test_an_empty_line_says_so(room: Room) -> None:
    said = words((await (await room.operator()).get("/console")).body)
    assert "It was not looked at yet" in said
    assert "Nobody has subscribed yet" in said


async def test_sources_are_as_ingest_told_and_hostile_words_stay_words(room: Room) -> None:
    await room.told(SOURCE)
    page = (await (await room.operator()).get("/console/sources")).body
    assert "could not <connect> (4 in a row)" in words(page)
    assert "Bay Wire" in words(page)
    assert b"<connect>" not in page


@pytest.mark.parametrize("ago", [None, 300])
async def test_when_ingest_does_not_answer_that_is_said(
    room: Room, monkeypatch: pytest.MonkeyPatch, ago: float | None
) -> None:
    monkeypatch.setattr(reading, "PATIENCE", 0.0)
    if ago is not None:
        await room.told(SOURCE, seconds_ago=ago)
    said = words((await (await room.operator()).get("/console/sources")).body)
    assert "Ingest does not answer" in said
    assert "Bay Wire" not in said
