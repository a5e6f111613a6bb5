"""Subscriptions paused, resumed and replayed from the console, by its own forms alone."""

from __future__ import annotations

import re

from tests.receiver import Call, Reply, fine
from tests.syndication.console.conftest import Room, words
from tests.syndication.page.building import parsed
from tests.syndication.portal.scene import Developer
from tests.syndication.webhooks.bed import story
from tests.waiting import until


async def subscribed(room: Room, **over: str) -> tuple[Developer, str]:
    """Return an operator's browser, and the path of the forms of a subscription."""
    browser = await room.operator()
    made = await browser.submit("/portal/new", "/portal/subscriptions", url=room.receiver.url, **over)
    [id] = set(re.findall(r"sub_[0-9a-f]+", made.body.decode()))
    return browser, f"/console/subscriptions/{id}"


async def test_a_subscription_is_paused_and_goes_on(room: Room) -> None:
    browser, path = await subscribed(room)
    for act, said, following in (("pause", "Paused", "resume"), ("resume", "Active again", "pause")):
        answer = await browser.submit("/console", f"{path}/{act}")
        assert answer.status == 303
        page = (await browser.get(answer.headers["location"])).body
        assert said in words(page)
        assert parsed(page).xpath(f"//form[@action='{path}/{following}']")


async def test_what_was_given_up_is_sent_again(room: Room) -> None:
    async def down(_call: Call) -> Reply:
        return Reply(500)

    async def offered() -> bool:
        return bool(parsed((await browser.get("/console")).body).xpath(f"//form[@action='{path}/replay']"))

    browser, path = await subscribed(room, schedule="0.1s")
    assert not await offered()
    room.receiver.answer = down
    room.ledger.publish(story())
    await until(lambda: len(room.receiver.calls) == 2)
    await until(offered)
    room.receiver.answer = fine

    async def sent() -> bool:
        answer = await browser.submit("/console", f"{path}/replay")
        return "1 to be sent again" in words((await browser.get(answer.headers["location"])).body)

    await until(sent)
    await until(lambda: len(room.receiver.calls) == 3)


async def test_another_form_and_another_subscription_are_none(room: Room) -> None:
    browser, path = await subscribed(room)
    [mark] = set(parsed((await browser.get("/console")).body).xpath("//input[@name='mark']/@value"))
    assert (await browser.post(f"{path}/burn", mark=mark)).status == 404
    assert (await browser.post("/console/subscriptions/sub_none/pause", mark=mark)).status == 422
    assert (await browser.post("/console/subscriptions/sub_none/replay", mark=mark)).status == 422
    assert (await browser.post(f"{path}/pause")).status == 403
    assert (await browser.get(f"{path}/pause")).headers["location"] == "/console"
