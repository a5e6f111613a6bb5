"""One consumer never meets another's things on any page or by any form; every page has the headers of pages."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from services.syndication.page.answering import POLICY
from tests.asgi import Answer
from tests.syndication.page.building import parsed
from tests.syndication.portal.scene import Developer, Scene, attempts
from tests.syndication.webhooks.bed import story
from tests.waiting import until

SECRET = "hush-hush"
TITLE = "What Ann was sent"
ACTS = ("pause", "resume", "test", "verify", "rotate", "replay", "settings", "delete")


@dataclass
class Ann:
    """What there is of Ann's: a subscription with one delivery, of an article that was taken back."""

    scene: Scene
    developer: Developer
    id: str
    entry: str

    @property
    def pages(self) -> list[str]:
        """Every page there is, with what is Ann's in it."""
        one = f"/portal/subscriptions/{self.id}"
        return [
            *("/portal", "/portal/new", "/portal/preview?q=ferry", "/portal/receiver", "/portal/retractions"),
            f"/portal/receipts?article={story().id}",
            *(one, f"{one}?outcome=failed", f"{one}/settings", f"{one}/delete", f"{one}/proof"),
            f"{one}/deliveries/{self.entry}",
        ]

    def shown_in(self, answer: Answer) -> bool:
        """Tell whether an answer shows anything of hers; what a page was asked with stands in it again."""
        body = answer.body.decode()
        return any(text in body for text in (self.scene.receiver.url, "Front page", TITLE, SECRET, "It sank."))


@pytest.fixture
async def ann(scene: Scene) -> Ann:
    developer, id, _ = await scene.subscribed(scene.ann, headers=f"X-Team: {SECRET}")
    path = f"/portal/subscriptions/{id}"
    scene.ledger.publish(story(headline=TITLE))
    await until(lambda: attempts(developer, path, 1))
    gone = story(1, 2, headline="", body_html="", status="canceled")
    scene.ledger.publish(gone, "article.retracted", reason="It sank.")
    await until(lambda: attempts(developer, path, 2))
    [link, *_] = parsed((await developer.get(path)).body).xpath("//section[@id='deliveries']//th/a/@href")
    return Ann(scene, developer, id, link.rpartition("/")[2])


async def test_who_it_is_sees_all_of_it_but_secrets(ann: Ann) -> None:
    for page in ann.pages:
        answer = await ann.developer.get(page)
        assert answer.status == 200, page
        assert SECRET not in answer.body.decode(), page
    assert sum([ann.shown_in(await ann.developer.get(page)) for page in ann.pages]) >= 8


async def test_another_consumer_meets_nothing_of_it(ann: Ann) -> None:
    ben = await ann.scene.signed_in(ann.scene.ben)
    for page in ann.pages:
        answer = await ben.get(page)
        assert not ann.shown_in(answer), page
        assert (answer.status == 404) == (ann.id in page), page


async def test_another_consumer_does_nothing_to_it(ann: Ann) -> None:
    ben = await ann.scene.signed_in(ann.scene.ben)
    [mark] = set(parsed((await ben.get("/portal/new")).body).xpath("//input[@name='mark']/@value"))
    calls = len(ann.scene.receiver.calls)
    before = (await ann.developer.get(f"/portal/subscriptions/{ann.id}/settings")).body
    for act in ACTS:
        fields = {"mark": mark, "sure": "on", "article_id": story().id, "description": "Ben's"}
        answer = await ben.post(f"/portal/subscriptions/{ann.id}/{act}", **fields)
        assert (answer.status, ann.shown_in(answer)) == (404, False), act
    after = (await ann.developer.get(f"/portal/subscriptions/{ann.id}/settings")).body
    assert _settings(before) == _settings(after)
    assert len(ann.scene.receiver.calls) == calls


async def test_a_stranger_is_sent_to_the_door(ann: Ann) -> None:
    stranger = Developer(ann.scene.app)
    for page in ann.pages:
        answer = await stranger.get(page)
        assert not ann.shown_in(answer), page
        assert page == "/portal" or answer.headers["location"] == "/portal", page


async def test_every_page_is_dressed_for_hostile_company(ann: Ann) -> None:
    for page in (*ann.pages, "/portal/subscriptions/sub_none", f"/portal/subscriptions/{ann.id}/deliveries/1-1"):
        headers = (await ann.developer.get(page)).headers
        assert headers["content-security-policy"] == POLICY.decode(), page
        assert headers["cache-control"] == "no-store", page
        assert headers["x-content-type-options"] == "nosniff", page
        assert headers["cross-origin-opener-policy"] == "same-origin", page
        assert "referrer-policy" in headers, page


async def test_the_cookie_goes_back_to_its_own_pages_alone(scene: Scene) -> None:
    answer = await Developer(scene.app).sign_in(scene.ann.key)
    parts = {part.strip().lower() for part in answer.headers["set-cookie"].split(";")[1:]}
    assert parts >= {"httponly", "secure", "samesite=strict", "path=/portal"}


def _settings(page: bytes) -> list[str]:
    form = parsed(page).xpath("//main//form[@class='fields']")[0]
    return [f"{name}={value}" for name, value in form.form_values() if name not in ("mark", "once")]
