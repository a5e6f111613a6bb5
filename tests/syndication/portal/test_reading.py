"""The portal's pages that show, over the real API."""

from __future__ import annotations

import pytest

from tests.receiver import Reply
from tests.syndication.page.building import parsed
from tests.syndication.portal.scene import Scene, attempts, given, says
from tests.syndication.webhooks.bed import story
from tests.waiting import until


async def test_deliveries_are_shown_with_request_and_response(scene: Scene) -> None:
    answers = iter([Reply(500, {}, b"<b>the database is away</b>"), Reply(200, {}, b"thanks")])
    scene.receiver.answer = lambda _call: given(next(answers, Reply()))
    developer, id, _ = await scene.subscribed(scene.ann)
    scene.ledger.publish(story())
    scene.ledger.publish(story(2))
    path = f"/portal/subscriptions/{id}"
    await until(lambda: attempts(developer, path, 2))
    page = parsed((await developer.get(path)).body)
    assert len(page.xpath("//svg//rect")) == 2
    assert "1 of the last 2 arrived (50.0%)" in " ".join(page.xpath("//dl")[0].text_content().split())
    [failed] = page.xpath("//tr[.//span[text()='retry']]//a/@href")
    one = (await developer.get(failed)).body.decode()
    assert f"POST {scene.receiver.url}" in one
    assert "webhook-id: msg_" in one
    assert "&lt;b&gt;the database is away&lt;/b&gt;" in one
    assert "<b>the database" not in one


async def test_figures_are_shown(scene: Scene) -> None:
    developer, id, _ = await scene.subscribed(scene.ann)
    scene.ledger.publish(story())
    path = f"/portal/subscriptions/{id}"
    await until(lambda: says(developer, path, "Last 24 hours 1 1 0 100.0%"))


async def test_a_filter_is_tried(scene: Scene) -> None:
    scene.ledger.publish(story(headline="Storm over the bay"))
    scene.ledger.publish(story(2, headline="Quiet day"))
    developer = await scene.signed_in(scene.ann)
    page = (await developer.get("/portal/preview?q=storm")).body.decode()
    assert "1 of the last week’s 2 events." in page
    assert "Storm over the bay" in page
    wrong = await developer.get("/portal/preview?q=%28%3Cb%3E")
    assert wrong.status == 422
    assert "<b>" not in wrong.body.decode()


@pytest.mark.parametrize("path", ["/portal/subscriptions/x/test", "/portal/sign-in", "/portal/subscriptions"])
async def test_who_asks_again_for_an_answer_is_sent_to_its_page(scene: Scene, path: str) -> None:
    developer = await scene.signed_in(scene.ann)
    answer = await developer.get(path)
    assert (answer.status, answer.headers["location"].startswith("/portal")) == (303, True)


@pytest.mark.parametrize("entry", ["1", "x-y", "1-1", "9" * 50 + "-1", "1-1&limit=2"])
async def test_a_delivery_that_is_not_kept_is_not_found(scene: Scene, entry: str) -> None:
    developer, id, _ = await scene.subscribed(scene.ann)
    assert (await developer.get(f"/portal/subscriptions/{id}/deliveries/{entry}")).status == 404
