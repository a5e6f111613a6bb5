"""Sources over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import zstandard
from structlog.testing import capture_logs

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


async def test_feeds_of_a_host_that_come_at_once_each_get_an_id(api: Api) -> None:
    answers = await asyncio.gather(*(api.ask("POST", "/sources", FEED | {"name": str(n)}) for n in range(5)))
    assert [answer.status for answer in answers] == [201] * 5
    assert len({answer.json()["id"] for answer in answers}) == len(await api.sources.ids()) == 5


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({"kind": "page"}, True),
        ({"kind": "sitemap"}, True),
        ({"kind": "page", "full_text": False}, False),
        ({"kind": "feed"}, False),
    ],
)
async def test_the_pages_of_what_gives_headlines_alone_are_read(api: Api, given: dict[str, object], read: bool) -> None:
    assert (await api.ask("POST", "/sources", FEED | given)).json()["full_text"] is read


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


async def test_what_items_take_from_their_source_has_its_document_read_again(api: Api) -> None:
    await api.ask("POST", "/sources", FEED)
    had = {"etag": '"x"', "last_modified": "then", "body_hash": "y", "read_at": "2026-11-22T10:00:00Z"}
    for change, kept in (({"name": "Bay"}, '"x"'), ({"reuse": "summary"}, None), ({"section": "Bay"}, None)):
        await api.sources.note("bay-example", had)
        await api.ask("PATCH", "/sources/bay-example", change)
        source = await api.sources.get("bay-example")
        assert source is not None
        assert (source.health.etag, source.health.new) == (kept, False)


async def test_changes_that_cross_are_all_kept(api: Api) -> None:
    await api.ask("POST", "/sources", FEED)
    changes: list[dict[str, Any]] = [{"name": "Bay"}, {"section": "World"}, {"language": "de"}, {"interval_minutes": 5}]
    asked = await asyncio.gather(*(api.ask("PATCH", "/sources/bay-example", change) for change in changes))
    assert {answer.status for answer in asked} == {200}
    after = (await api.ask("GET", "/sources/bay-example")).json()
    assert [after[name] for change in changes for name in change] == ["Bay", "World", "de", 5]


class Deleting(Api):
    """Deletes the source while a new address is checked."""

    async def _check(self, url: str) -> str | None:
        await self.sources.delete("bay-example")
        return await super()._check(url)


async def test_a_change_does_not_bring_back_what_was_deleted_meanwhile(store: Store) -> None:
    api = Deleting(store)
    await api.ask("POST", "/sources", FEED)
    assert (await api.ask("PATCH", "/sources/bay-example", {"url": "https://bay.example/atom"})).status == 404
    assert await api.sources.ids() == []


async def test_a_stopped_source_is_not_polled_until_it_is_active_again(api: Api) -> None:
    await api.ask("POST", "/sources", FEED)
    assert (await api.ask("PATCH", "/sources/bay-example", {"active": False})).json()["status"] == "stopped"
    assert await api.sources.claim(api.clock.seconds(), 0.0, 5) == []
    assert (await api.ask("POST", "/sources/bay-example/poll")).status == 409
    await api.ask("PATCH", "/sources/bay-example", {"active": True})
    assert (await api.ask("POST", "/sources/bay-example/poll")).status == 202
    assert await api.sources.claim(api.clock.seconds(), 0.0, 5) == ["bay-example"]


@pytest.mark.parametrize("kind", [[], {}, 5, None])
async def test_a_kind_that_is_no_word_is_refused(api: Api, kind: object) -> None:
    answer = await api.ask("POST", "/sources", {**FEED, "kind": kind})
    assert (answer.status, answer.json()["errors"][0]["field"]) == (422, "kind")


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


async def test_secrets_are_never_shown_and_a_null_takes_them_away(api: Api) -> None:
    made = await api.ask("POST", "/sources", FEED | {"key": "k-123", "authorization": "Bearer x-123"})
    for answer in (made, await api.ask("GET", "/sources/bay-example"), await api.ask("GET", "/sources")):
        assert b"123" not in answer.body
    assert (made.json()["key"], made.json()["authorization"], made.json()["secret"]) == ("set", "set", None)
    with capture_logs() as lines:
        answer = await api.ask("PATCH", "/sources/bay-example", {"key": None, "secret": "s-123"})
    assert (answer.json()["key"], answer.json()["secret"]) == (None, "set")
    assert "123" not in str(lines)
    source = await api.sources.get("bay-example")
    assert source is not None
    assert (source.settings.key, source.settings.secret) == (None, "s-123")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"active": None}, "active"),
        ({"first_items": None}, "first_items"),
        ({"full_text": None}, "full_text"),
        ({"websub": None}, "websub"),
        ({"timezone": "Bay/Area"}, "timezone"),
        ({"timezone": "../../etc/passwd"}, "timezone"),
        ({"authorization": "Bearer x\r\nX-Other: y"}, "authorization"),
        ({"longest_minutes": 5}, "shortest_minutes"),
    ],
)
async def test_a_change_that_makes_no_sense_is_refused_naming_the_field(
    api: Api, change: dict[str, object], field: str
) -> None:
    await api.ask("POST", "/sources", FEED | {"shortest_minutes": 10})
    answer = await api.ask("PATCH", "/sources/bay-example", change)
    assert answer.status == 422
    assert field in answer.json()["errors"][0]["field"]
    source = await api.sources.get("bay-example")
    assert source is not None
    assert source.settings.shortest_minutes == 10


async def test_null_gives_a_setting_its_default_again(api: Api) -> None:
    await api.ask("POST", "/sources", FEED | {"interval_minutes": 5, "name": "Bay", "timezone": "Europe/Kyiv"})
    changed = {"interval_minutes": None, "name": None, "timezone": None}
    answer = await api.ask("PATCH", "/sources/bay-example", changed)
    assert (answer.status, answer.json()["interval_minutes"], answer.json()["name"]) == (200, 15, None)


async def test_how_a_source_fares_is_shown(api: Api) -> None:
    await api.ask("POST", "/sources", FEED)
    minute = int(api.clock.seconds()) // 60
    told = {"rhythm": f"{minute} 60 60", "quality": "repaired", "imperfect": "1 items were cut", "identity": "url"}
    await api.sources.note(
        "bay-example", told | {"push_until": "2026-11-23T00:00:00Z", "moved_to": "https://b.example/"}
    )
    shown = (await api.ask("GET", "/sources/bay-example")).json()
    assert (shown["items_a_day"], shown["quality"], shown["identity"]) == (3.0, "repaired", "url")
    assert (shown["imperfect"], shown["moved_to"]) == ("1 items were cut", "https://b.example/")
    assert shown["push_until"] == "2026-11-23T00:00:00Z"


async def test_the_document_that_was_not_read_whole_is_given_byte_for_byte(api: Api) -> None:
    await api.ask("POST", "/sources", FEED)
    assert (await api.ask("GET", "/sources/bay-example/document")).status == 404
    body = b"<rss><script>alert(1)</script>\xff"
    await api.sources.keep_raw("bay-example", zstandard.compress(body))
    answer = await api.ask("GET", "/sources/bay-example/document")
    assert (answer.status, answer.body) == (200, body)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert (await api.ask("GET", "/sources/bay-example/document", token="wrong")).status == 401
