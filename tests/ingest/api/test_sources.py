"""Sources over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from services.ingest.source import Settings
from shared.redis import Store
from tests.ingest.api.parts import Api

FEED = {"url": "https://www.bay.example/rss", "kind": "feed"}


@pytest.fixture
async def api(store: Store) -> AsyncIterator[Api]:
    api = Api(store)
    yield api
    await api.outbox.idle(5)


async def test_a_feed_is_added_named_after_its_host_and_polled_at_once(api: Api) -> None:
    answer = await api.ask("POST", "/sources", FEED)
    assert (answer.status, answer.headers["location"]) == (201, "/api/v1/sources/bay-example")
    assert (answer.json()["id"], answer.json()["status"], answer.json()["interval_minutes"]) == (
        "bay-example",
        "active",
        15,
    )
    assert await api.sources.claim(api.clock.seconds(), 0.0, 5) == ["bay-example"]
    assert api.woken == 1


async def test_a_second_feed_of_a_host_gets_an_id_of_its_own_and_a_taken_id_is_refused(api: Api) -> None:
    await api.ask("POST", "/sources", FEED)
    assert (await api.ask("POST", "/sources", FEED)).json()["id"] == "bay-example-2"
    assert (await api.ask("POST", "/sources", FEED | {"id": "bay-example"})).status == 409


async def test_a_repeat_with_the_same_key_adds_one_source(api: Api) -> None:
    for _ in range(2):
        answer = await api.ask("POST", "/sources", FEED, headers={"idempotency-key": "k"})
        assert (answer.status, answer.json()["id"]) == (201, "bay-example")
    assert await api.sources.ids() == ["bay-example"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "feed"}, "url"),
        ({"kind": "push"}, "id"),
        ({"url": "https://e.org/", "kind": "pigeon"}, "kind"),
        ({"url": "/rss"}, "url"),
        (FEED | {"interval_minutes": 0}, "interval_minutes"),
        (FEED | {"id": "No Slug"}, "id"),
        (FEED | {"intervall": 5}, "intervall"),
    ],
)
async def test_a_wrong_source_is_refused_naming_the_field(api: Api, body: dict[str, object], field: str) -> None:
    answer = await api.ask("POST", "/sources", body)
    assert (answer.status, answer.json()["errors"][0]["field"]) == (422, field)
    assert await api.sources.ids() == []


async def test_an_address_that_may_not_be_asked_is_refused_in_words(api: Api) -> None:
    api.refusal = "localhost resolves to 127.0.0.1, a loopback address"
    answer = await api.ask("POST", "/sources", FEED)
    assert answer.status == 422
    assert answer.json()["errors"] == [{"field": "url", "message": api.refusal}]


async def test_sources_are_listed_page_by_page(api: Api) -> None:
    for name in "cab":
        await api.sources.add(Settings(id=name))
    first = (await api.ask("GET", "/sources?limit=2")).json()
    assert ([source["id"] for source in first["sources"]], first["next"]) == (["a", "b"], "b")
    last = (await api.ask("GET", "/sources?limit=2&after=b")).json()
    assert ([source["id"] for source in last["sources"]], last["next"]) == (["c"], None)
    assert (await api.ask("GET", "/sources?limit=0")).status == 422


async def test_a_change_keeps_the_rest_and_a_new_address_starts_afresh(api: Api) -> None:
    await api.ask("POST", "/sources", FEED | {"section": "Bay"})
    await api.sources.note("bay-example", {"etag": '"x"', "failures": "3", "error": "timed out"})
    answer = await api.ask("PATCH", "/sources/bay-example", {"name": "Bay", "interval_minutes": 5})
    assert (answer.json()["name"], answer.json()["section"], answer.json()["status"]) == ("Bay", "Bay", "failing")
    answer = await api.ask("PATCH", "/sources/bay-example", {"url": "https://bay.example/atom"})
    assert (answer.json()["url"], answer.json()["status"]) == ("https://bay.example/atom", "active")
    source = await api.sources.get("bay-example")
    assert source is not None
    assert source.health.etag is None


async def test_a_stopped_source_is_not_polled_until_it_is_active_again(api: Api) -> None:
    await api.ask("POST", "/sources", FEED)
    assert (await api.ask("PATCH", "/sources/bay-example", {"active": False})).json()["status"] == "stopped"
    assert await api.sources.claim(api.clock.seconds(), 0.0, 5) == []
    assert (await api.ask("POST", "/sources/bay-example/poll")).status == 409
    await api.ask("PATCH", "/sources/bay-example", {"active": True})
    assert (await api.ask("POST", "/sources/bay-example/poll")).status == 202
    assert await api.sources.claim(api.clock.seconds(), 0.0, 5) == ["bay-example"]


async def test_a_setting_that_is_needed_cannot_be_null(api: Api) -> None:
    await api.ask("POST", "/sources", FEED)
    answer = await api.ask("PATCH", "/sources/bay-example", {"url": None})
    assert (answer.status, answer.json()["errors"][0]["field"]) == (422, "url")


async def test_sources_of_the_file_are_changed_there(api: Api) -> None:
    await api.sources.add(Settings(id="bay", url="https://bay.example/rss", origin="file"))
    for method, body in (("PATCH", {"name": "x"}), ("DELETE", None)):
        answer = await api.ask(method, "/sources/bay", body)
        assert answer.status == 409
        assert "sources.toml" in answer.json()["detail"]
    assert (await api.ask("GET", "/sources/bay")).json()["name"] is None


async def test_a_deleted_source_is_gone(api: Api) -> None:
    await api.ask("POST", "/sources", FEED)
    assert (await api.ask("DELETE", "/sources/bay-example")).status == 204
    for method, path in (("GET", ""), ("DELETE", ""), ("PATCH", ""), ("POST", "/poll")):
        assert (await api.ask(method, f"/sources/bay-example{path}", {})).status == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/sources"),
        ("POST", "/sources"),
        ("GET", "/sources/x"),
        ("DELETE", "/sources/x"),
        ("POST", "/sources/x/poll"),
    ],
)
async def test_sources_are_the_admins(api: Api, method: str, path: str) -> None:
    assert (await api.ask(method, path, FEED, token="wrong")).status == 401
