"""Subscriptions are made, changed and deleted by forms, through the API and within what it allows."""

from __future__ import annotations

import re
from typing import Any

import pytest

from shared.auth import CONSUMERS
from tests.asgi import ask
from tests.certificates import Authority
from tests.syndication.page.building import parsed
from tests.syndication.portal.scene import Developer, Scene, consumer
from tests.syndication.webhooks.bed import story
from tests.waiting import until

BREAKS = '"></textarea><script>alert(1)</script>'


async def shown(scene: Scene, id: str, key: str) -> dict[str, Any]:
    found: dict[str, Any] = (await ask(scene.app, "GET", f"/api/v1/subscriptions/{id}", token=key)).json()
    return found


async def edited(developer: Developer, id: str, **fields: str) -> tuple[int, str]:
    """Fill in the settings' form, and return the status and where it leads or what it says."""
    path = f"/portal/subscriptions/{id}/settings"
    answer = await developer.submit(path, path, **fields)
    said = parsed(answer.body).xpath("//*[@role='alert']") if answer.body else []
    return answer.status, answer.headers.get("location") or " ".join(said[0].text_content().split())


async def test_everything_can_be_chosen_at_once(scene: Scene) -> None:
    _, id, _ = await scene.subscribed(
        scene.ann,
        **{
            "filter": "ferry",
            "types.article.published": "on",
            "schedule": "1s, 2m",
            "rate_limit": "50",
            "digest.items": "5",
            "digest.seconds": "1.5",
            "fields.headline": "on",
            "headers": "X-Team: news",
            "auth": "basic",
            "auth.username": "ann",
            "auth.password": "hush",
            "exit_notices": "",
        },
    )
    one = await shown(scene, id, scene.ann.key)
    assert one["types"] == ["article.published"]
    assert (one["filter"], one["schedule"], one["rate_limit"], one["fields"]) == ("ferry", [1, 120], 50, ["headline"])
    assert one["digest"] == {"items": 5, "seconds": 1.5}
    assert (one["headers"], one["auth"]) == (["X-Team"], {"type": "basic", "username": "ann"})
    assert one["exit_notices"] is False


async def test_one_may_begin_with_what_was(scene: Scene) -> None:
    for number in range(3):
        scene.ledger.publish(story(number))
    await scene.subscribed(scene.ann, **{"from": "last", "from.last": "10"})
    await until(lambda: len(scene.receiver.calls) == 3)


async def test_a_tried_filter_is_taken_along(scene: Scene) -> None:
    developer = await scene.signed_in(scene.ann)
    scene.ledger.publish(story())
    page = parsed((await developer.get("/portal/preview?q=tag%3Aa+OR+ferry")).body)
    [onward] = page.xpath("//a[starts-with(@href, '/portal/new')]/@href")
    form = parsed((await developer.get(onward)).body)
    assert form.xpath("//textarea[@id='filter']/text()") == ["tag:a OR ferry"]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"url": "not an address"}, "url"),
        ({"url": "http://10.0.0.1/"}, "url"),
        ({"filter": "(wrong"}, "filter"),
        ({"schedule": "soon"}, "schedule"),
        ({"rate_limit": "-1"}, "rate_limit"),
        ({"digest.items": "5"}, "digest"),
        ({"from": "seq", "from.seq": "x"}, "from"),
        ({"embargoed": "on"}, "embargoed"),
        ({"headers": "webhook-id: mine"}, "headers"),
        ({"auth": "bearer", "auth.token": "a b"}, "auth"),
        ({"auth": "oauth2", "auth.client_secret": "a b"}, "auth"),
        ({"client_certificate": "no PEM", "client_certificate.private_key": "a b"}, "client_certificate"),
    ],
)
async def test_what_is_wrong_is_said_where_it_is_and_what_was_typed_stays(
    scene: Scene, typed: dict[str, str], field: str
) -> None:
    developer = await scene.signed_in(scene.ann)
    given = {"url": scene.receiver.url, "description": BREAKS} | typed
    answer = await developer.submit("/portal/new", "/portal/subscriptions", **given)
    page = parsed(answer.body)
    assert answer.status == 422
    assert page.xpath("//input[@id='description']/@value") == [BREAKS]
    [said] = page.xpath(f"//*[@id='wrong-{field}']")
    assert page.xpath(f"//*[contains(@aria-describedby, 'wrong-{field}')]/@aria-invalid") == ["true"]
    assert not said.xpath("ancestor::details[not(@open)]")
    assert page.xpath("//*[@role='alert']")
    assert "a b" not in "".join(page.xpath("//@value | //textarea/text()"))


async def test_a_wrong_filter_is_marked_where_it_goes_wrong(scene: Scene) -> None:
    developer = await scene.signed_in(scene.ann)
    given = {"url": scene.receiver.url, "filter": "<b> AND x:y"}
    answer = await developer.submit("/portal/new", "/portal/subscriptions", **given)
    page = parsed(answer.body)
    assert [one.text for one in page.xpath("//mark")] == ["x"]
    assert page.xpath("//textarea[@id='filter']/text()") == ["<b> AND x:y"]
    assert not page.xpath("//main//b")


async def test_settings_are_changed_one_by_one(scene: Scene) -> None:
    developer, id, _ = await scene.subscribed(scene.ann, headers="X-Team: news")
    before = await shown(scene, id, scene.ann.key)
    done = (303, f"/portal/subscriptions/{id}?done=saved")
    assert await edited(developer, id) == done
    assert await shown(scene, id, scene.ann.key) == before
    assert await edited(developer, id, filter="ferry", rate_limit="5") == done
    assert await shown(scene, id, scene.ann.key) == before | {"filter": "ferry", "rate_limit": 5}
    assert await edited(developer, id, **{"rate_limit": "", "headers.none": "on"}) == done
    assert await shown(scene, id, scene.ann.key) == before | {"filter": "ferry", "headers": []}


async def test_a_grant_and_a_certificate_are_kept_replaced_and_removed_and_never_shown(scene: Scene) -> None:
    mine, other = (Authority().certificate(name) for name in ("desk.example", "other.example"))
    typed = {"auth.token_url": scene.receiver.url, "auth.client_id": "desk", "auth.client_secret": "hush-hush"}
    pem = {"client_certificate": mine.chain, "client_certificate.private_key": mine.key}
    developer, id, _ = await scene.subscribed(scene.ann, auth="oauth2", **typed, **pem)
    one = await shown(scene, id, scene.ann.key)
    assert (one["auth"]["type"], one["auth"]["client_id"]) == ("oauth2", "desk")
    assert one["client_certificate"]["subject"] == "CN=desk.example"
    for path in (f"/portal/subscriptions/{id}", f"/portal/subscriptions/{id}/settings"):
        page = " ".join(parsed((await developer.get(path)).body).text_content().split())
        assert "OAuth 2 by" in page
        assert "CN=desk.example" in page
        assert not {part for part in ("hush-hush", "PRIVATE KEY", *mine.key.split("\n")[1:3]) if part in page}
    assert (await edited(developer, id, description="Desk"))[0] == 303
    kept = await shown(scene, id, scene.ann.key)
    assert (kept["auth"], kept["client_certificate"]) == (one["auth"], one["client_certificate"])
    assert (await edited(developer, id, **{"auth.scope": "push"}))[0] == 422
    assert (await edited(developer, id, **{"auth.scope": "push", "auth.client_secret": "new"}))[0] == 303
    pem = {"client_certificate": other.chain, "client_certificate.private_key": other.key}
    assert (await edited(developer, id, **pem))[0] == 303
    kept = await shown(scene, id, scene.ann.key)
    assert (kept["auth"]["scope"], kept["client_certificate"]["subject"]) == ("push", "CN=other.example")
    assert (await edited(developer, id, **{"auth": "none", "client_certificate.none": "on"}))[0] == 303
    gone = await shown(scene, id, scene.ann.key)
    assert (gone["auth"], gone["client_certificate"]) == (None, None)


async def test_a_refused_change_changes_nothing(scene: Scene) -> None:
    developer, id, _ = await scene.subscribed(scene.ann)
    before = await shown(scene, id, scene.ann.key)
    status, said = await edited(developer, id, filter="(wrong", description="Other")
    assert (status, "Nothing was changed." in said) == (422, True)
    assert await shown(scene, id, scene.ann.key) == before


async def test_nobodys_change_is_written_over_unseen(scene: Scene) -> None:
    developer, id, _ = await scene.subscribed(scene.ann)
    path = f"/portal/subscriptions/{id}/settings"
    [form] = parsed((await developer.get(path)).body).xpath(f"//form[@action='{path}']")
    stale = dict(form.form_values()) | {"description": "Mine"}
    await ask(scene.app, "PATCH", f"/api/v1/subscriptions/{id}", json={"rate_limit": 9}, token=scene.ann.key)
    answer = await developer.post(path, **stale)
    assert (answer.status, "changed by somebody else" in answer.body.decode()) == (422, True)
    assert (await shown(scene, id, scene.ann.key))["rate_limit"] == 9
    [again] = parsed(answer.body).xpath(f"//form[@action='{path}']")
    assert (await developer.post(path, **dict(again.form_values()))).status == 303
    one = await shown(scene, id, scene.ann.key)
    assert (one["description"], one["rate_limit"]) == ("Mine", None)


async def test_deleting_needs_to_be_meant(scene: Scene) -> None:
    developer, id, _ = await scene.subscribed(scene.ann)
    path = f"/portal/subscriptions/{id}/delete"
    answer = await developer.submit(path, path)
    assert (answer.status, "Tick the box" in answer.body.decode()) == (422, True)
    assert (await shown(scene, id, scene.ann.key))["id"] == id
    answer = await developer.submit(path, path, sure="on")
    assert (answer.status, answer.headers["location"]) == (303, "/portal?done=deleted")
    page = (await developer.get("/portal?done=deleted")).body.decode()
    assert "Deleted: nothing more is sent." in page
    assert id not in page
    assert (await developer.get(path)).status == 404


async def test_texts_from_outside_are_texts_on_every_page(scene: Scene) -> None:
    developer, id, _ = await scene.subscribed(scene.ann, description=BREAKS, filter='"<script>alert(2)</script>"')
    path = f"/portal/subscriptions/{id}"
    for page in ("/portal", path, f"{path}/settings", f"{path}/delete", f"{path}/proof"):
        answer = await developer.get(page)
        assert answer.status == 200, page
        assert b"<script>alert" not in answer.body, page
        assert parsed(answer.body).xpath("//main//script") == [], page


async def test_a_form_may_not_be_endless(scene: Scene) -> None:
    developer, id, _ = await scene.subscribed(scene.ann)
    path = f"/portal/subscriptions/{id}/settings"
    assert (await developer.submit(path, path, description="x" * 70_000)).status == 413
    assert (await edited(developer, id, description="x" * 600))[0] == 422
    assert (await edited(developer, id, filter="ж" * 2_001))[0] == 422
    assert (await shown(scene, id, scene.ann.key))["description"] == "Front page"


@pytest.mark.parametrize("act", ["settings", "delete"])
async def test_anothers_is_none_and_a_form_without_its_mark_is_refused(scene: Scene, act: str) -> None:
    developer, id, _ = await scene.subscribed(scene.ann)
    path = f"/portal/subscriptions/{id}/{act}"
    assert (await developer.post(path, sure="on", description="x")).status == 403
    ben = await scene.signed_in(scene.ben)
    assert (await ben.get(path)).status == 404
    [mark] = set(parsed((await ben.get("/portal/new")).body).xpath("//input[@name='mark']/@value"))
    assert (await ben.post(path, mark=mark, sure="on", description="x")).status == 404
    assert (await shown(scene, id, scene.ann.key))["description"] == "Front page"


async def test_a_key_that_goes_meanwhile_ends_it(scene: Scene) -> None:
    developer, id, _ = await scene.subscribed(scene.ann)
    path = f"/portal/subscriptions/{id}/settings"
    [form] = parsed((await developer.get(path)).body).xpath(f"//form[@action='{path}']")
    await scene.store.do("HDEL", CONSUMERS, scene.ann.id)
    answer = await developer.post(path, **dict(form.form_values()) | {"description": "x"})
    assert (answer.status, answer.headers["location"]) == (303, "/portal")
    assert (await developer.get(path)).status == 303


async def test_who_may_have_headlines_alone_is_offered_no_more(scene: Scene) -> None:
    cem = await consumer(scene.store, "Cem", reuse="headline")
    developer, id, _ = await scene.subscribed(cem)
    page = parsed((await developer.get(f"/portal/subscriptions/{id}/settings")).body)
    assert page.xpath("//select[@id='reuse']/option/@value") == ["headline"]
    await edited(developer, id, reuse="full")
    assert (await shown(scene, id, cem.key))["reuse"] == "headline"


async def test_a_form_sent_twice_makes_one(scene: Scene) -> None:
    developer = await scene.signed_in(scene.ann)
    [form] = parsed((await developer.get("/portal/new")).body).xpath("//form[@action='/portal/subscriptions']")
    given = dict(form.form_values()) | {"url": scene.receiver.url}
    first, again = [(await developer.post("/portal/subscriptions", **given)).body.decode() for _ in range(2)]
    assert ("whsec_" in first, "whsec_" in again) == (True, False)
    assert re.findall(r"sub_[0-9a-f]+", first) == re.findall(r"sub_[0-9a-f]+", again)
