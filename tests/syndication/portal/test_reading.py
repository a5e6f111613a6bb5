"""The portal's pages that show, over the real API."""

from __future__ import annotations

from typing import Any

import pytest

from services.syndication.webhooks.lanes import keys
from shared.events import to_json
from shared.query.parsing import FIELDS
from tests.asgi import ask
from tests.receiver import Reply
from tests.syndication.page.building import parsed
from tests.syndication.portal.scene import Developer, Scene, attempts, facts, given, says
from tests.syndication.webhooks.bed import story
from tests.waiting import until

LOGGED = {"at": 1.0, "webhook_id": "msg_1", "seq": 1, "type": "article.updated", "attempt": 1, "version": 7}
"""What every entry of the log has."""


async def test_deliveries_are_shown_with_request_and_response(scene: Scene) -> None:
    answers = iter([Reply(500, {}, b"<b>the database is away</b>"), Reply(200, {}, b"thanks")])
    scene.receiver.answer = lambda _call: given(next(answers, Reply()))
    developer, id, _ = await scene.subscribed(scene.ann)
    scene.ledger.publish(story())
    scene.ledger.publish(story(2))
    path = f"/portal/subscriptions/{id}"
    await until(lambda: attempts(developer, path, 2))
    page = parsed((await developer.get(path)).body)
    assert page.xpath("//section[@id='deliveries']//td[1]/span[@dir]/text()") == [story().headline] * 2
    assert len(page.xpath("//svg//rect")) == 2
    assert "1 of the last 2 arrived (50.0%)" in " ".join(page.xpath("//dl")[0].text_content().split())
    [failed] = page.xpath("//tr[.//span[text()='retry']]//a/@href")
    one = (await developer.get(failed)).body.decode()
    assert f"POST {scene.receiver.url}" in one
    call = scene.receiver.calls[0]
    assert "byte for byte those that went" in one
    assert all(f"{name}: {call.headers[name]}" in one for name in call.headers if name.startswith("webhook-"))
    [raw] = parsed(one.encode()).xpath("//pre[@class='bytes']/text()")
    assert raw.encode() == call.body
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
    assert all(f"{name}:" in page for name in FIELDS)
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


async def test_many_subscriptions_are_listed_page_by_page(scene: Scene) -> None:
    for number in range(53):
        asked = {"url": scene.receiver.url, "description": f"Number {number}"}
        assert (await ask(scene.app, "POST", "/api/v1/subscriptions", json=asked, token=scene.ann.key)).status == 201
    developer = await scene.signed_in(scene.ann)
    page = parsed((await developer.get("/portal")).body)
    assert len(page.xpath("//tbody/tr")) == 50
    [onward] = page.xpath("//a[starts-with(text(), 'More')]/@href")
    rest = parsed((await developer.get(onward)).body)
    assert rest.xpath("//tbody//th/a/text()") == ["Number 50", "Number 51", "Number 52"]
    for start in ("999", "x", "-1", "9" * 30):
        assert (await developer.get(f"/portal?start={start}")).status == 200


async def test_deliveries_are_shown_by_their_outcome(scene: Scene) -> None:
    answers = iter([Reply(500, {"webhook-delivery": "abort-message"}), Reply()])
    scene.receiver.answer = lambda _call: given(next(answers, Reply()))
    developer, id, _ = await scene.subscribed(scene.ann)
    path = f"/portal/subscriptions/{id}"
    assert await says(developer, f"{path}?outcome=failed", "There are none, as far back as the log goes")
    scene.ledger.publish(story())
    scene.ledger.publish(story(2))
    await until(lambda: attempts(developer, path, 2))
    for outcome, shown in (("failed", ["refused"]), ("refused", ["refused"]), ("delivered", ["delivered"]), ("x", 2)):
        page = parsed((await developer.get(f"{path}?outcome={outcome}")).body)
        found = page.xpath("//tbody/tr[.//a]/td[2]/span/text()")
        assert (found if isinstance(shown, list) else len(found)) == shown
        chosen = page.xpath("//select[@id='outcome']/option[@selected]/@value")
        assert chosen == ([outcome] if isinstance(shown, list) else [""])


async def test_deliveries_are_paged_within_an_outcome(scene: Scene) -> None:
    developer, id, _ = await scene.subscribed(scene.ann)
    for number in range(27):
        told = LOGGED | {"article_id": "desk-1", "outcome": "delivered" if number % 2 else "refused", "seq": number}
        await scene.store.do("XADD", keys(id)[-1], "*", "attempt", to_json(told))
    path = f"/portal/subscriptions/{id}"
    page = parsed((await developer.get(path)).body)
    assert len(page.xpath("//section[@id='deliveries']//tbody/tr")) == 25
    [onward] = page.xpath("//a[text()='Earlier deliveries']/@href")
    rest = parsed((await developer.get(onward.partition("#")[0])).body)
    assert len(rest.xpath("//section[@id='deliveries']//tbody/tr")) == 2
    assert rest.xpath("//a[text()='The latest']/@href") == [f"{path}#deliveries"]
    assert await says(developer, f"{path}?outcome=delivered", "delivered")
    assert "Earlier deliveries" not in (await developer.get(f"{path}?outcome=delivered")).body.decode()


async def test_one_is_sent_again_from_the_list_and_its_article_from_its_page(scene: Scene) -> None:
    developer, id, _ = await scene.subscribed(scene.ann)
    path = f"/portal/subscriptions/{id}"
    for version in (1, 2):
        scene.ledger.publish(story(1, version))
        await until(lambda: attempts(developer, path, len(scene.ledger.entries)))
    page = parsed((await developer.get(path)).body)
    forms = page.xpath("//section[@id='deliveries']//form[contains(@action, '/replay')]")
    answer = await developer.post(f"{path}/replay", **dict(forms[0].form_values()))
    assert answer.headers["location"] == f"{path}?done=replayed&queued=1"
    await until(lambda: len(scene.receiver.calls) == 3)
    [link, *_] = page.xpath("//section[@id='deliveries']//th/a/@href")
    answer = await developer.submit(link, f"{path}/replay", article_id="desk-story1")
    assert answer.headers["location"] == f"{path}?done=replayed&queued=2"
    await until(lambda: len(scene.receiver.calls) == 5)


async def test_what_waits_and_why_is_told(scene: Scene) -> None:
    async def waits(told: str) -> bool:
        return (await facts(developer, path))["Waiting"].startswith(told)

    scene.receiver.answer = lambda _call: given(Reply(500))
    developer, id, _ = await scene.subscribed(scene.ann)
    path = f"/portal/subscriptions/{id}"
    assert await waits("nothing")
    scene.ledger.publish(story())
    await until(lambda: waits("1; the next attempt is due"))
    scene.receiver.answer = lambda _call: given(Reply(410))
    scene.ledger.publish(story(2))
    await until(lambda: says(developer, path, "the receiver answered 410 Gone"))
    assert (await facts(developer, path))["Status"] == "disabled the receiver answered 410 Gone"
    page = parsed((await developer.get(path)).body)
    assert page.xpath(f"//form[@action='{path}/resume']//button/text()") == ["Enable"]


async def logged(scene: Scene, developer: Developer, id: str, **told: object) -> Any:
    """Put an attempt in the log, and return the page that shows it, reached from that of its subscription."""
    await scene.store.do("XADD", keys(id)[-1], "*", "attempt", to_json(LOGGED | told))
    answer = await developer.get(f"/portal/subscriptions/{id}")
    assert answer.status == 200
    [link] = parsed(answer.body).xpath("//tbody//a[time]/@href")
    shown = await developer.get(link)
    assert shown.status == 200
    return parsed(shown.body)


async def test_what_was_dropped_unsent_is_shown(scene: Scene) -> None:
    developer, id, _ = await scene.subscribed(scene.ann)
    page = await logged(scene, developer, id, article_id="desk-1", outcome="dropped", reason="no longer kept")
    assert "Not shown: nothing was sent." in page.text_content()
    assert "dropped no longer kept" in " ".join(page.text_content().split())


async def test_a_notice_of_health_is_about_a_subscription_and_no_story(scene: Scene) -> None:
    developer, id, _ = await scene.subscribed(scene.ann)
    told = {"type": "subscription.failing", "seq": 500_000_000_001, "status": 204, "ms": 3.0}
    page = await logged(scene, developer, id, article_id=id, outcome="delivered", **told)
    assert page.xpath("//h1/text()") == ["subscription.failing"]
    assert page.xpath("//dd/a/@href") == [f"/portal/subscriptions/{id}"]
    assert page.xpath("//form[contains(@action, 'replay')]") == []
