"""The portal over the real API: signing in, what is shown to whom, and every form."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest
from starlette.types import ASGIApp

from services.syndication.consumers import NewConsumer, new_consumer
from services.syndication.portal.session import COOKIE
from services.syndication.portal.wiring import portal
from shared.auth import CONSUMERS, Guard
from shared.redis import Store
from shared.times import now
from shared.web import application
from tests.asgi import Answer, ask
from tests.receiver import Receiver, Reply, a_receiver, fine
from tests.syndication.page.building import a_printer, parsed
from tests.syndication.webhooks.bed import TOKEN, MemoryLedger, a_replica, story
from tests.waiting import until

URL = "https://news.example.org"
SITE = {"host": "news.example.org", "origin": "https://news.example.org", "sec-fetch-site": "same-origin"}
FORM = SITE | {"content-type": "application/x-www-form-urlencoded"}


class Developer:
    """A browser: keeps its cookie, and sends the forms it is shown."""

    def __init__(self, app: ASGIApp) -> None:
        self._app, self.cookie = app, ""

    async def get(self, path: str) -> Answer:
        return await ask(self._app, "GET", path, headers=SITE | self._cookies)

    async def post(self, path: str, headers: dict[str, str] | None = None, **fields: str) -> Answer:
        body = urlencode(fields).encode()
        answer = await ask(self._app, "POST", path, body=body, headers=FORM | self._cookies | (headers or {}))
        found = re.match(rf"{COOKIE}=([^;]+);", answer.headers.get("set-cookie", ""))
        self.cookie = found[1] if found else self.cookie
        return answer

    async def sign_in(self, key: str) -> Answer:
        return await self.post("/portal/sign-in", key=key)

    async def submit(self, page: str, path: str, **fields: str) -> Answer:
        """Send a form of a page, with what is hidden in it."""
        [form, *_] = parsed((await self.get(page)).body).xpath(f"//form[@action='{path}']")
        hidden = {one.get("name"): one.get("value") for one in form.xpath(".//input[@type='hidden']")}
        return await self.post(path, **hidden | fields)

    @property
    def _cookies(self) -> dict[str, str]:
        return {"cookie": f"{COOKIE}={self.cookie}"} if self.cookie else {}


async def consumer(store: Store, name: str) -> NewConsumer:
    made = new_consumer(name, now())
    await store.do("HSET", CONSUMERS, made.id, made.kept())
    return made


@dataclass
class Scene:
    """Two consumers, a receiver that fails at first, and the portal."""

    app: ASGIApp
    store: Store
    receiver: Receiver
    ledger: MemoryLedger
    ann: NewConsumer
    ben: NewConsumer

    async def signed_in(self, who: NewConsumer) -> Developer:
        developer = Developer(self.app)
        await developer.sign_in(who.key)
        return developer

    async def subscribed(self, who: NewConsumer, **over: str) -> tuple[Developer, str, str]:
        """Return a browser in which a subscription was made, its id, and its secret."""
        developer = await self.signed_in(who)
        fields = {"url": self.receiver.url, "filter": "", "description": "Front page"} | over
        answer = await developer.submit("/portal", "/portal/subscriptions", **fields)
        assert answer.status == 200, answer.body
        page = answer.body.decode()
        [id] = set(re.findall(r"sub_[0-9a-f]+", page))
        [secret] = re.findall(r"whsec_[A-Za-z0-9+/=]+", page)
        return developer, id, secret


@pytest.fixture
async def scene(store: Store) -> AsyncIterator[Scene]:
    ledger, guard = MemoryLedger(), Guard(store, TOKEN)
    async with a_receiver() as receiver, a_replica(store, ledger) as replica:
        routes = portal(guard, replica.routes, a_printer, URL)
        ann, ben = await consumer(store, "Ann"), await consumer(store, "Ben")
        yield Scene(application([*replica.routes, *routes]), store, receiver, ledger, ann, ben)


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


async def test_deliveries_are_shown_with_request_and_response(scene: Scene) -> None:
    answers = iter([Reply(500, {}, b"<b>the database is away</b>"), Reply(200, {}, b"thanks")])
    scene.receiver.answer = lambda _call: _given(next(answers, Reply()))
    developer, id, _ = await scene.subscribed(scene.ann)
    scene.ledger.publish(story())
    scene.ledger.publish(story(2))
    path = f"/portal/subscriptions/{id}"
    await until(lambda: _attempts(developer, path, 2))
    page = parsed((await developer.get(path)).body)
    assert len(page.xpath("//svg//rect")) == 2
    assert "1 of the last 2 arrived (50.0%)" in " ".join(page.xpath("//dl")[0].text_content().split())
    [failed] = page.xpath("//tr[.//span[text()='retry']]//a/@href")
    one = (await developer.get(failed)).body.decode()
    assert f"POST {scene.receiver.url}" in one
    assert "webhook-id: msg_" in one
    assert "&lt;b&gt;the database is away&lt;/b&gt;" in one
    assert "<b>the database" not in one


async def test_a_test_event_tells_what_was_answered(scene: Scene) -> None:
    developer, id, _ = await scene.subscribed(scene.ann)
    answer = await developer.submit(f"/portal/subscriptions/{id}", f"/portal/subscriptions/{id}/test")
    assert "Test event arrived." in answer.body.decode()
    assert [call.event["type"] for call in scene.receiver.calls] != []


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
    await until(lambda: _attempts(developer, path, 1))
    answer = await developer.submit(path, f"{path}/replay", from_seq="1", to_seq="1")
    assert answer.headers["location"] == f"{path}?done=replayed"
    await until(lambda: len(scene.receiver.calls) == 2)
    assert scene.receiver.calls[0].id == scene.receiver.calls[1].id


async def test_one_may_begin_with_what_was(scene: Scene) -> None:
    for number in range(3):
        scene.ledger.publish(story(number))
    await scene.subscribed(scene.ann, last="10")
    await until(lambda: len(scene.receiver.calls) == 3)


async def test_what_was_given_up_is_sent_again(scene: Scene) -> None:
    developer, id, _ = await scene.subscribed(scene.ann)
    path = f"/portal/subscriptions/{id}"
    answer = await developer.submit(path, f"{path}/replay", failed_since=now().date().isoformat())
    assert answer.headers["location"] == f"{path}?done=replayed"
    assert (await developer.submit(path, f"{path}/replay", failed_since="yesterday")).status == 422


async def test_a_pending_receiver_is_verified_at_once(scene: Scene) -> None:
    developer = await scene.signed_in(scene.ann)
    scene.receiver.answer = lambda _call: _given(Reply(500))
    asked = {"url": scene.receiver.url, "verify": "test"}
    made = (await ask(scene.app, "POST", "/api/v1/subscriptions", json=asked, token=scene.ann.key)).json()
    path = f"/portal/subscriptions/{made['id']}"
    await until(lambda: scene.receiver.calls)
    answer = await developer.submit(path, f"{path}/verify")
    assert "Not verified" in answer.body.decode()
    scene.receiver.answer = fine
    answer = await developer.submit(path, f"{path}/verify")
    assert (answer.status, answer.headers.get("location")) == (303, f"{path}?done=verified")


async def test_figures_are_shown(scene: Scene) -> None:
    developer, id, _ = await scene.subscribed(scene.ann)
    scene.ledger.publish(story())
    path = f"/portal/subscriptions/{id}"
    await until(lambda: _says(developer, path, "Last 24 hours 1 1 0 100.0%"))


@pytest.mark.parametrize(("first", "last"), [("x", "1"), ("2", "1"), ("", "")])
async def test_a_wrong_range_is_refused_in_words(scene: Scene, first: str, last: str) -> None:
    developer, id, _ = await scene.subscribed(scene.ann)
    path = f"/portal/subscriptions/{id}"
    answer = await developer.submit(path, f"{path}/replay", from_seq=first, to_seq=last)
    assert answer.status == 422
    assert parsed(answer.body).xpath("//*[@role='alert']")


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


@pytest.mark.parametrize(("url", "filter"), [("not an address", ""), ("http://10.0.0.1/", ""), ("URL", "(wrong")])
async def test_a_wrong_subscription_is_refused_and_the_form_keeps_what_was_typed(
    scene: Scene, url: str, filter: str
) -> None:
    developer = await scene.signed_in(scene.ann)
    given = {"url": scene.receiver.url if url == "URL" else url, "filter": filter, "description": '"><script>'}
    answer = await developer.submit("/portal", "/portal/subscriptions", **given)
    assert answer.status == 422
    page = parsed(answer.body)
    assert page.xpath("//input[@id='description']/@value") == ['"><script>']
    assert page.xpath("//*[@role='alert']")


@pytest.mark.parametrize("path", ["/portal/subscriptions/x/test", "/portal/sign-in", "/portal/subscriptions"])
async def test_who_asks_again_for_an_answer_is_sent_to_its_page(scene: Scene, path: str) -> None:
    developer = await scene.signed_in(scene.ann)
    answer = await developer.get(path)
    assert (answer.status, answer.headers["location"].startswith("/portal")) == (303, True)


@pytest.mark.parametrize("entry", ["1", "x-y", "1-1", "9" * 50 + "-1", "1-1&limit=2"])
async def test_a_delivery_that_is_not_kept_is_not_found(scene: Scene, entry: str) -> None:
    developer, id, _ = await scene.subscribed(scene.ann)
    assert (await developer.get(f"/portal/subscriptions/{id}/deliveries/{entry}")).status == 404


async def _given(reply: Reply) -> Reply:
    return reply


async def _attempts(developer: Developer, path: str, count: int) -> bool:
    return len(parsed((await developer.get(path)).body).xpath("//tbody/tr[.//a]")) == count


async def _says(developer: Developer, path: str, words: str) -> bool:
    return words in " ".join(parsed((await developer.get(path)).body).text_content().split())
