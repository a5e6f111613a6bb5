"""Dead letters sent round again and forgotten from the console, one or all, by its own forms alone."""

from __future__ import annotations

import pytest

from shared.bus import wire
from shared.bus.dead import Death, bury
from shared.streams import ARTICLE_INGESTED
from tests.builders import an_ingested
from tests.syndication.console.conftest import Room, words
from tests.syndication.page.building import parsed

SOURCE, DEAD = ARTICLE_INGESTED.key(0), ARTICLE_INGESTED.dead_key(0)


async def a_letter(room: Room, *, first: bool = True) -> str:
    """Bury one event, and return the id of the newest letter."""
    if first:
        await room.store.do("XGROUP", "CREATE", SOURCE, "enrichment", "0", "MKSTREAM")
    body = an_ingested().model_dump_json().encode()
    entry = await room.store.do("XADD", SOURCE, "*", wire.FIELD, wire.encode(body, "c-1"))
    await room.store.do("XREADGROUP", "GROUP", "enrichment", "me", "STREAMS", SOURCE, ">")
    death = Death("KeyError: <b>'tag'</b>", "Traceback", 5)
    assert await bury(room.store, SOURCE, DEAD, "enrichment", entry, wire.encode(body, "c-1"), death)
    [(dead, _)] = await room.store.do("XREVRANGE", DEAD, "+", "-", "COUNT", 1)
    return f"{ARTICLE_INGESTED.name}:0:{dead.decode()}"


@pytest.mark.parametrize(("act", "left", "said"), [("retry", 1, "1 sent round again."), ("delete", 0, "1 forgotten.")])
async def test_a_dead_letter_is_shown_and_settled(room: Room, act: str, left: int, said: str) -> None:
    await a_letter(room)
    before = await room.store.do("XLEN", SOURCE)
    browser = await room.operator()
    page = (await browser.get("/console/dead-letters")).body
    assert "KeyError: <b>'tag'</b>" in words(page)
    assert b"<b>'tag'" not in page
    [path] = parsed(page).xpath(f"//article//form/@action[contains(., '/{act}')]")
    answer = await browser.submit("/console/dead-letters", path)
    assert answer.status == 303, answer.body
    assert said in words((await browser.get(answer.headers["location"])).body)
    assert (await room.store.do("XLEN", DEAD), await room.store.do("XLEN", SOURCE)) == (0, before + left)


async def test_a_letter_that_is_gone_and_an_act_that_is_none_are_told(room: Room) -> None:
    letter = await a_letter(room)
    browser = await room.operator()
    [mark] = set(parsed((await browser.get("/console/dead-letters")).body).xpath("//input[@name='mark']/@value"))
    gone = await browser.post("/console/dead-letters/article.ingested:0:1-1/retry", mark=mark)
    assert (gone.status, "there is no dead letter 'article.ingested:0:1-1'" in words(gone.body)) == (422, True)
    assert (await browser.post(f"/console/dead-letters/{letter}/burn", mark=mark)).status == 404
    assert (await browser.get(f"/console/dead-letters/{letter}/retry")).headers["location"] == "/console/dead-letters"


async def test_a_form_of_another_page_does_nothing(room: Room) -> None:
    letter = await a_letter(room)
    browser = await room.operator()
    assert (await browser.post(f"/console/dead-letters/{letter}/delete")).status == 403
    foreign = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    assert (await browser.post(f"/console/dead-letters/{letter}/delete", foreign, mark="0" * 64)).status == 403
    assert await room.store.do("XLEN", DEAD) == 1


@pytest.mark.parametrize(("act", "left", "said"), [("retry", 3, "3 sent round again."), ("delete", 0, "3 forgotten.")])
async def test_all_are_settled_by_who_means_it(room: Room, act: str, left: int, said: str) -> None:
    for number in range(3):
        await a_letter(room, first=not number)
    before = await room.store.do("XLEN", SOURCE)
    browser = await room.operator()
    path = f"/console/dead-letters/all/{act}"
    unsure = await browser.submit("/console/dead-letters", path)
    assert (unsure.status, "Tick the box" in words(unsure.body)) == (422, True)
    assert (await browser.post(path, sure="on")).status == 403
    assert await room.store.do("XLEN", DEAD) == 3
    answer = await browser.submit("/console/dead-letters", path, sure="on")
    assert answer.status == 303, answer.body
    assert said in words((await browser.get(answer.headers["location"])).body)
    assert (await room.store.do("XLEN", DEAD), await room.store.do("XLEN", SOURCE)) == (0, before + left)
    assert (await browser.get(path)).headers["location"] == "/console/dead-letters"
