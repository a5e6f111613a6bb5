"""Who is let into the portal, and what of whom they see."""

from __future__ import annotations

import time

import pytest

from services.syndication.feeds.shelf import FeedName
from services.syndication.page.directory import Counted
from services.syndication.portal.session import COOKIE, begun, sealed
from services.syndication.portal.wiring import portal
from shared.auth import CONSUMERS, Consumer, Guard
from shared.redis import Store, connect
from shared.web import application
from tests.asgi import ask
from tests.syndication.page.building import a_printer, parsed
from tests.syndication.portal.scene import FORM, URL, Developer, Scene, consumer
from tests.syndication.webhooks.bed import TOKEN, story
from tests.waiting import until


async def test_the_cookie_is_kept_from_scripts_and_other_sites(scene: Scene) -> None:
    developer = Developer(scene.app)
    answer = await developer.sign_in(scene.ann.key)
    assert (answer.status, answer.headers["location"]) == (303, "/portal")
    cookie = answer.headers["set-cookie"]
    for part in ("HttpOnly", "Secure", "SameSite=strict", "Path=/portal", "Max-Age=3600"):
        assert part in cookie
    assert scene.ann.key not in cookie
    page = await developer.get("/portal")
    assert page.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert scene.ann.id in page.body.decode()
    assert scene.ann.key not in page.body.decode()


@pytest.mark.parametrize("key", ["", "wrk_none_123", "x" * 600, "wrk_ann", "ключ"])
async def test_a_wrong_key_opens_nothing(scene: Scene, key: str) -> None:
    developer = Developer(scene.app)
    answer = await developer.sign_in(key)
    assert (answer.status, "set-cookie" in answer.headers) == (403, False)
    assert parsed(answer.body).xpath("//*[@role='alert']/text()") == ["This key is not known here."]
    assert key not in answer.body.decode() or not key


async def test_nobody_gets_in_without_signing_in(scene: Scene) -> None:
    _, id, _ = await scene.subscribed(scene.ann)
    stranger = Developer(scene.app)
    for path in (
        f"/portal/subscriptions/{id}",
        "/portal/preview",
        "/portal/receiver",
        f"/portal/subscriptions/{id}/deliveries/1-1",
    ):
        answer = await stranger.get(path)
        assert (answer.status, answer.headers["location"]) == (303, "/portal"), path
    assert (await stranger.post(f"/portal/subscriptions/{id}/pause")).status == 303
    assert "Sign in" in (await stranger.get("/portal")).body.decode()


async def test_a_session_is_over_with_its_key(scene: Scene) -> None:
    developer = await scene.signed_in(scene.ann)
    await scene.store.do("HDEL", CONSUMERS, scene.ann.id)
    assert 'name="key"' in (await developer.get("/portal")).body.decode()


async def test_signing_out_takes_the_cookie_away(scene: Scene) -> None:
    developer = await scene.signed_in(scene.ann)
    answer = await developer.submit("/portal", "/portal/sign-out")
    assert "Max-Age=0" in answer.headers["set-cookie"]


async def test_anothers_subscription_is_none(scene: Scene) -> None:
    _, id, _ = await scene.subscribed(scene.ann)
    ben = await scene.signed_in(scene.ben)
    assert id not in (await ben.get("/portal")).body.decode()
    [mark] = set(parsed((await ben.get("/portal")).body).xpath("//input[@name='mark']/@value"))
    assert (await ben.get(f"/portal/subscriptions/{id}")).status == 404
    assert (await ben.get(f"/portal/subscriptions/{id}/deliveries/1-1")).status == 404
    for act in ("pause", "resume", "test", "rotate", "replay"):
        answer = await ben.post(f"/portal/subscriptions/{id}/{act}", mark=mark, from_seq="1", to_seq="1")
        assert answer.status == 404, act
        assert "whsec_" not in answer.body.decode()
    assert scene.receiver.calls == []


async def test_the_newsroom_sees_all(scene: Scene) -> None:
    _, id, _ = await scene.subscribed(scene.ann)
    admin = Developer(scene.app)
    await admin.sign_in(TOKEN)
    assert id in (await admin.get("/portal")).body.decode()


@pytest.mark.parametrize("act", ["pause", "rotate", "test", "replay"])
async def test_a_form_of_another_page_does_nothing(scene: Scene, act: str) -> None:
    developer, id, _ = await scene.subscribed(scene.ann)
    path = f"/portal/subscriptions/{id}/{act}"
    assert (await developer.post(path)).status == 403
    assert (await developer.post(path, mark="0" * 64)).status == 403
    page = parsed((await developer.get(f"/portal/subscriptions/{id}")).body)
    mark = page.xpath("//input[@name='mark']/@value")[0]
    foreign = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    assert (await developer.post(path, foreign, mark=mark)).status == 403
    assert (await developer.post("/portal/sign-in", foreign, key=scene.ann.key)).status == 403


async def test_no_more_of_an_article_is_had_than_by_the_key(scene: Scene) -> None:
    cem = await consumer(scene.store, "Cem", reuse="headline")
    await scene.subscribed(cem)
    scene.ledger.publish(story(body_html="<p>the whole text</p>"))
    await until(lambda: scene.receiver.calls)
    assert "the whole text" not in scene.receiver.calls[0].body.decode()


async def test_the_newsrooms_sections_are_offered_on_every_page(scene: Scene) -> None:
    async def sections() -> list[Counted]:
        return [Counted(FeedName("sections", name), name.title(), 1) for name in ("world", "data")]

    app = application(portal(Guard(scene.store, TOKEN), [], a_printer, URL, sections))
    for path in ("/portal", "/portal/subscriptions/sub_1"):
        developer = Developer(app)
        if path != "/portal":
            await developer.sign_in(scene.ann.key)
        page = parsed((await developer.get(path)).body)
        assert page.xpath("//nav[@aria-label='Sections']//a/text()") == ["News Feed", "World", "Data", "Subscribe"]


async def test_when_the_store_is_away_people_are_told_so() -> None:
    store = Store(connect("redis://127.0.0.1:1"))
    guard = Guard(store, TOKEN)
    app = application(portal(guard, [], a_printer, URL))
    session = begun(Consumer("ann"), "0123", time.time())
    cookie = {"cookie": f"{COOKIE}={sealed(session, guard.derived('portal sessions'))}"}
    for path in ("/portal", "/portal/new", "/portal/subscriptions/sub_1/settings"):
        answer = await ask(app, "GET", path, headers=cookie)
        assert (answer.status, answer.headers["retry-after"]) == (503, "5"), path
        assert parsed(answer.body).xpath("//h1/text()") == ["Not now"]
    key = b"key=wrk_ann_0123"
    assert (await ask(app, "POST", "/portal/sign-in", body=key, headers=FORM | cookie)).status == 503
    assert (await ask(app, "POST", "/portal/subscriptions", body=b"url=x", headers=FORM | cookie)).status == 503
    await store.close()
