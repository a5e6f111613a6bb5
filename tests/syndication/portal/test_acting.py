"""The portal's forms, over the real API."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from shared.times import now
from tests.asgi import ask
from tests.receiver import Reply, fine
from tests.syndication.page.building import parsed
from tests.syndication.portal.scene import Scene, attempts, given
from tests.syndication.webhooks.bed import story
from tests.waiting import until


async def test_a_test_event_tells_what_was_answered(scene: Scene) -> None:
    developer, id, _ = await scene.subscribed(scene.ann)
    answer = await developer.submit(f"/portal/subscriptions/{id}", f"/portal/subscriptions/{id}/test")
    assert "The test event was taken" in answer.body.decode()
    assert [call.event["type"] for call in scene.receiver.calls] != []


async def test_a_test_event_that_fails_says_why_and_nothing_twice(scene: Scene) -> None:
    developer, id, _ = await scene.subscribed(scene.ann)
    scene.receiver.answer = lambda _call: given(Reply(500))
    answer = await developer.submit(f"/portal/subscriptions/{id}", f"/portal/subscriptions/{id}/test")
    [told] = parsed(answer.body).xpath("//div[@role='alert']/p")
    said = re.sub(r"\d+ ms", "N ms", told.text_content())
    assert said == "The test event failed after N ms: the receiver answered 500."


async def test_it_can_be_paused_and_go_on(scene: Scene) -> None:
    developer, id, _ = await scene.subscribed(scene.ann)
    path = f"/portal/subscriptions/{id}"
    answer = await developer.submit(path, f"{path}/pause")
    assert (answer.status, answer.headers["location"]) == (303, f"{path}?done=paused")
    assert "Paused: what is due waits." in (await developer.get(f"{path}?done=paused")).body.decode()
    assert (await developer.submit(path, f"{path}/resume")).status == 303
    page = parsed((await developer.get(path)).body)
    assert page.xpath("//dd/span[@class='badge active']")


async def test_a_new_secret_is_shown_once(scene: Scene) -> None:
    developer, id, secret = await scene.subscribed(scene.ann)
    path = f"/portal/subscriptions/{id}"
    page = parsed((await developer.get(path)).body)
    [form] = page.xpath(f"//form[@action='{path}/rotate']")
    hidden = {one.get("name"): one.get("value") for one in form.xpath(".//input")}
    first = (await developer.post(f"{path}/rotate", **hidden)).body.decode()
    [new] = re.findall(r"whsec_[A-Za-z0-9+/=]+", first)
    assert new != secret
    again = (await developer.post(f"{path}/rotate", **hidden)).body.decode()
    assert "whsec_" not in again
    assert "shown already" in again
    assert "whsec_" not in (await developer.get(path)).body.decode()


async def test_a_delivery_is_sent_again_with_its_id(scene: Scene) -> None:
    developer, id, _ = await scene.subscribed(scene.ann)
    scene.ledger.publish(story())
    await until(lambda: len(scene.receiver.calls) == 1)
    path = f"/portal/subscriptions/{id}"
    await until(lambda: attempts(developer, path, 1))
    answer = await developer.submit(path, f"{path}/replay", from_seq="1", to_seq="1")
    assert answer.headers["location"] == f"{path}?done=replayed&queued=1"
    assert "1 to be sent again" in (await developer.get(answer.headers["location"])).body.decode()
    await until(lambda: len(scene.receiver.calls) == 2)
    assert scene.receiver.calls[0].id == scene.receiver.calls[1].id


async def test_what_was_given_up_is_sent_again(scene: Scene) -> None:
    scene.receiver.answer = lambda _call: given(Reply(500, {"webhook-delivery": "abort-message"}))
    developer, id, _ = await scene.subscribed(scene.ann)
    path = f"/portal/subscriptions/{id}"
    scene.ledger.publish(story())
    await until(lambda: attempts(developer, f"{path}?show=failed", 1))
    scene.receiver.answer = fine
    yesterday = (now() - timedelta(days=1)).date().isoformat()  # the day may have ended since it was given up
    answer = await developer.submit(path, f"{path}/replay", failed_since=yesterday)
    assert answer.headers["location"] == f"{path}?done=replayed&queued=1"
    await until(lambda: len(scene.receiver.calls) == 2)
    assert (await developer.submit(path, f"{path}/replay", failed_since="yesterday")).status == 422


async def test_an_article_is_sent_again(scene: Scene) -> None:
    developer, id, _ = await scene.subscribed(scene.ann)
    path = f"/portal/subscriptions/{id}"
    answer = await developer.submit(path, f"{path}/replay", article_id="desk-none")
    assert answer.headers["location"] == f"{path}?done=replayed&queued=0"
    assert "Nothing was found" in (await developer.get(answer.headers["location"])).body.decode()
    scene.ledger.publish(story())
    await until(lambda: attempts(developer, path, 1))
    await developer.submit(path, f"{path}/replay", article_id=story().id)
    await until(lambda: len(scene.receiver.calls) == 2)


async def test_a_pending_receiver_is_verified_at_once(scene: Scene) -> None:
    developer = await scene.signed_in(scene.ann)
    scene.receiver.answer = lambda _call: given(Reply(500))
    asked = {"url": scene.receiver.url, "verify": "test"}
    made = (await ask(scene.app, "POST", "/api/v1/subscriptions", json=asked, token=scene.ann.key)).json()
    path = f"/portal/subscriptions/{made['id']}"
    await until(lambda: scene.receiver.calls)
    answer = await developer.submit(path, f"{path}/verify")
    assert "Not verified" in answer.body.decode()
    scene.receiver.answer = fine
    answer = await developer.submit(path, f"{path}/verify")
    assert (answer.status, answer.headers.get("location")) == (303, f"{path}?done=verified")


@pytest.mark.parametrize(("first", "last"), [("x", "1"), ("2", "1"), ("", "")])
async def test_a_wrong_range_is_refused_in_words(scene: Scene, first: str, last: str) -> None:
    developer, id, _ = await scene.subscribed(scene.ann)
    path = f"/portal/subscriptions/{id}"
    answer = await developer.submit(path, f"{path}/replay", from_seq=first, to_seq=last)
    assert answer.status == 422
    assert parsed(answer.body).xpath("//*[@role='alert']")
