"""The admin sees who got an article ahead of its release, and who confirmed it; nobody else does."""

from __future__ import annotations

from typing import Any

from services.syndication.webhooks.wiring import Webhooks
from shared.times import rfc3339
from shared.web import application
from tests.asgi import ask
from tests.receiver import Call, Receiver, Reply, a_receiver
from tests.syndication.webhooks.bed import TOKEN
from tests.syndication.webhooks.early.newsdesk import HOUR, ID, Newsdesk
from tests.waiting import until

PATH = f"/api/v1/articles/{ID}/embargoed/receipts"


async def receipts(replica: Webhooks) -> dict[str, Any]:
    answer = await ask(application(replica.early_routes.routes), "GET", PATH, token=TOKEN)
    assert answer.status == 200
    found: dict[str, Any] = answer.json()
    return found


async def test_it_tells_who_got_what_when_and_whether_it_was_taken(desk: Newsdesk, receiver: Receiver) -> None:
    async def refuse(_call: Call) -> Reply:
        return Reply(500)

    async with a_receiver(refuse) as failing, desk.replica() as replica:
        taken = await desk.partner(receiver, id="sub_a")
        await desk.partner(failing, id="sub_b", schedule=(60.0,))
        await desk.partner(failing, id="sub_c", status="paused")
        await desk.on(1)
        await until(lambda: receiver.calls and failing.calls)
        await until(lambda: _states(replica, [["delivered"], ["retry"], []]))
        found = await receipts(replica)
        assert (found["version"], found["embargoed_until"]) == (1, rfc3339(desk.began + HOUR))
        [first, second, third] = found["receipts"]
        assert (first["subscription"], first["owner"], first["trusted"]) == (taken.id, "partner", True)
        assert first["deliveries"][0]["acknowledged_at"] >= first["deliveries"][0]["first_attempt_at"]
        assert (second["deliveries"][0]["attempts"], second["deliveries"][0]["acknowledged_at"]) == (1, None)
        assert third["next"] == {"type": "article.embargoed", "version": 1}
        await desk.consumer(early=False)
        await desk.retract(2)
        await until(lambda: _states(replica, [["delivered", "delivered"], ["retry", "retry"], []]))
        found = await receipts(replica)
    assert (found["version"], found["published_version"]) == (None, None)
    assert [each["type"] for each in found["receipts"][0]["deliveries"]] == ["article.embargoed", "article.withdrawn"]
    assert [each["trusted"] for each in found["receipts"]] == [False, False, False]


async def _states(replica: Webhooks, wanted: list[list[str]]) -> bool:
    rows = (await receipts(replica))["receipts"]
    return [[each["state"] for each in row["deliveries"]] for row in rows] == wanted


async def test_it_is_the_admins_alone_and_says_nothing_of_what_there_is_not(desk: Newsdesk) -> None:
    async with desk.replica() as replica:
        app = application(replica.early_routes.routes)
        assert (await ask(app, "GET", PATH)).status == 401
        assert (await ask(app, "GET", PATH, token=TOKEN)).status == 404
        await desk.on(1)
        assert (await ask(app, "GET", PATH, token=TOKEN)).json()["receipts"] == []
