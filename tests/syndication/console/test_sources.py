"""The sources as ingest tells of them, and one of them polled because somebody wants it now."""

from __future__ import annotations

import pytest

from services.syndication.console import sources
from shared.glance import Glance
from tests.syndication.console.conftest import Room, words
from tests.syndication.page.building import parsed

SOURCE = {
    **dict.fromkeys(("moved_to", "imperfect", "pushed_at", "succeeded_at", "items_a_day")),
    "id": "bay",
    "kind": "feed",
    "name": "Bay Wire",
    "url": "https://bay.example/rss",
    "polled": True,
    "status": "failing",
    "error": "could not <connect>",
    "failures": 4,
    "next_poll_at": "2026-11-22T12:00:00Z",
}


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
    monkeypatch.setattr(sources, "PATIENCE", 0.0)
    if ago is not None:
        await room.told(SOURCE, seconds_ago=ago)
    said = words((await (await room.operator()).get("/console/sources")).body)
    assert "Ingest does not answer" in said
    assert "Bay Wire" not in said


async def test_a_source_is_polled_now(room: Room) -> None:
    await room.told(SOURCE, SOURCE | {"id": "drop", "polled": False})
    browser = await room.operator()
    page = parsed((await browser.get("/console/sources")).body)
    assert page.xpath("//main//table//form/@action") == ["/console/sources/bay/poll"]
    answer = await browser.submit("/console/sources", "/console/sources/bay/poll")
    assert (answer.status, answer.headers["location"]) == (303, "/console/sources?done=polled")
    assert "It is polled within seconds" in words((await browser.get(answer.headers["location"])).body)
    assert await Glance(room.store).wishes() == ["bay"]


@pytest.mark.parametrize("id", ["drop", "none", "..%2Fbay"])
async def test_what_is_not_polled_or_not_there_is_not_asked_for(room: Room, id: str) -> None:
    await room.told(SOURCE, SOURCE | {"id": "drop", "polled": False})
    browser = await room.operator()
    [mark] = set(parsed((await browser.get("/console/sources")).body).xpath("//input[@name='mark']/@value"))
    answer = await browser.post(f"/console/sources/{id}/poll", mark=mark)
    assert answer.status in (404, 422)
    assert await Glance(room.store).wishes() == []


async def test_a_poll_that_another_page_asks_for_is_none(room: Room) -> None:
    await room.told(SOURCE)
    browser = await room.operator()
    assert (await browser.post("/console/sources/bay/poll")).status == 403
    assert (await browser.post("/console/sources/bay/poll", mark="0" * 64)).status == 403
    assert await Glance(room.store).wishes() == []
