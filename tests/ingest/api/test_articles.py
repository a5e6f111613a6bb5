"""Pushing and retracting over HTTP, and every way to get it wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.ingest.api.articles import BODY_LIMIT
from shared.redis import Store
from tests.builders import a_push
from tests.ingest.api.parts import Api

ID = "desk-2ahqyss2kk55jm3uhn2j"


@pytest.fixture
async def api(store: Store) -> AsyncIterator[Api]:
    api = Api(store)
    yield api
    await api.outbox.idle(5)


async def push(api: Api, **over: Any) -> Any:
    return await api.ask("POST", "/articles", a_push(**over))


async def test_a_push_is_accepted_once_and_durable_then(api: Api) -> None:
    api.line.away = True
    answer = await push(api)
    assert (answer.status, answer.json()) == (202, {"id": ID, "version": 1, "status": "accepted"})
    assert len((await api.items.waiting("desk", 10))[0]) == 1
    again = await push(api)
    assert (again.status, again.json()) == (200, {"id": ID, "version": 1, "status": "unchanged"})


async def test_a_changed_headline_is_the_next_version(api: Api) -> None:
    await push(api)
    assert (await push(api, headline="New")).json() == {"id": ID, "version": 2, "status": "accepted"}
    assert await api.sent() == [(ID, 1), (ID, 2)]


async def test_a_push_may_name_the_newsrooms_own_pictures(api: Api) -> None:
    await push(api, images=[{"url": "/pictures/quay.jpg"}])
    await api.sent()
    assert api.line.bodies[0]["article"]["images"][0]["url"] == "https://wire.example.org/pictures/quay.jpg"


async def test_a_push_that_dates_itself_older_than_the_last_changes_nothing_and_is_told_why(api: Api) -> None:
    await push(api, updated_at="2026-11-22T11:30:00Z")
    late = await push(api, headline="As it was before", updated_at="2026-11-22T11:00:00Z")
    assert (late.status, late.json()["status"], late.json()["version"]) == (200, "unchanged", 1)
    assert "updated_at" in late.json()["reason"]
    assert await api.sent() == [(ID, 1)]


async def test_the_source_of_a_push_becomes_a_source(api: Api) -> None:
    await push(api, source={"id": "desk", "name": "The Desk", "url": "https://desk.example/"})
    shown = (await api.ask("GET", "/sources/desk")).json()
    assert (shown["kind"], shown["name"], shown["home"], shown["origin"]) == (
        "push",
        "The Desk",
        "https://desk.example/",
        "push",
    )


@pytest.mark.parametrize("token", [None, "wrong"])
async def test_without_the_right_key_nothing_is_taken(api: Api, token: str | None) -> None:
    for path in ("/articles", f"/articles/{ID}/retract"):
        answer = await api.ask("POST", path, a_push(), token=token)
        assert answer.status == 401
        assert answer.headers["content-type"] == "application/problem+json"
    assert await api.sent() == []


async def test_a_body_over_the_limit_is_refused_by_its_announced_length(api: Api) -> None:
    answer = await api.ask("POST", "/articles", body=b"{}", headers={"content-length": str(10 * 1024 * 1024)})
    assert answer.status == 413


async def test_a_body_over_the_limit_is_refused_while_it_is_read(api: Api) -> None:
    answer = await api.ask("POST", "/articles", body=[b" " * 65_536] * (BODY_LIMIT // 65_536 + 2))
    assert answer.status == 413
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("body", [b"", b'{"a": 1,}', b"{" * 10_000, b"\xff", b'{"guid": "\\ud800"}', b"nul"])
async def test_what_is_not_json_is_told_with_the_place(api: Api, body: bytes) -> None:
    answer = await api.ask("POST", "/articles", body=body)
    assert answer.status == 422
    assert "JSON" in answer.json()["detail"]
    assert "line 1 column" in answer.json()["detail"]


@pytest.mark.parametrize("body", [b"[]", b"null", b'"x"', b"7"])
async def test_json_that_is_no_object_is_refused(api: Api, body: bytes) -> None:
    assert (await api.ask("POST", "/articles", body=body)).status == 422


async def test_wrong_and_unknown_fields_are_named(api: Api) -> None:
    answer = await push(api, authors=[{"nam": "x"}], headlin="x", url="ftp://x")
    assert answer.status == 422
    assert {error["field"] for error in answer.json()["errors"]} == {
        "authors.0.name",
        "authors.0.nam",
        "headlin",
        "url",
    }


async def test_an_embargo_that_lies_ahead_is_taken_with_the_article(api: Api) -> None:
    answer = await push(api, embargoed_until="2026-11-23T00:00:00Z")
    assert (answer.status, answer.json()["status"]) == (202, "accepted")
    await api.sent()
    assert api.line.bodies[0]["article"]["embargoed_until"] == "2026-11-23T00:00:00Z"


async def test_a_key_gets_the_first_answer_again_and_no_other_body(api: Api) -> None:
    key = {"idempotency-key": "k-1"}
    first = await api.ask("POST", "/articles", a_push(), headers=key)
    again = await api.ask("POST", "/articles", a_push(), headers=key)
    other = await api.ask("POST", "/articles", a_push(headline="x"), headers=key)
    assert (again.status, again.body) == (first.status, first.body) == (202, first.body)
    assert other.status == 422


async def test_a_key_gets_the_first_answer_to_a_retraction_again(api: Api) -> None:
    await push(api)
    key = {"idempotency-key": "k-1"}
    answers = [await api.ask("POST", f"/articles/{ID}/retract", {"reason": "wrong"}, headers=key) for _ in range(2)]
    assert [(answer.status, answer.json()["status"]) for answer in answers] == [(202, "accepted")] * 2


async def test_of_pushes_with_one_key_at_once_one_is_taken(api: Api) -> None:
    pushes = [api.ask("POST", "/articles", a_push(), headers={"idempotency-key": "k-1"}) for _ in range(5)]
    statuses = sorted(answer.status for answer in await asyncio.gather(*pushes))
    assert statuses[0] == 202
    assert set(statuses) <= {202, 409}
    assert await api.sent() == [(ID, 1)]


async def test_intake_that_waits_asks_to_come_back(api: Api) -> None:
    api.pressure.tell_full()
    answer = await push(api)
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert answer.json()["detail"] == "intake waits: the store is full"
    api.clock.forward(10)
    assert (await push(api)).status == 202


async def test_a_store_that_fails_is_a_503_and_the_push_can_be_repeated(api: Api, store: Store) -> None:
    await store.do("CONFIG", "SET", "maxmemory", "1")
    try:
        assert (await push(api)).status == 503
    finally:
        await store.do("CONFIG", "SET", "maxmemory", "256mb")
    api.clock.forward(10)
    assert (await push(api)).status == 202


async def test_a_retraction_is_accepted_once(api: Api) -> None:
    await push(api)
    path, body = f"/articles/{ID}/retract", {"reason": "Wrong", "replacement_url": "https://example.org/right"}
    first, again = await api.ask("POST", path, body), await api.ask("POST", path, body)
    assert (first.status, first.json()) == (202, {"id": ID, "version": 2, "status": "accepted"})
    assert (again.status, again.json()["status"]) == (200, "unchanged")
    await api.sent()
    assert api.line.bodies[-1]["retraction"]["replacement_url"] == "https://example.org/right"
    refused = await push(api, headline="New")
    assert refused.status == 409
    assert "usable" in refused.json()["detail"]


@pytest.mark.parametrize("id", [ID, "desk", "..%2f..", "x" * 500, "desk-" + "a" * 20])
async def test_an_unknown_article_cannot_be_retracted(api: Api, id: str) -> None:
    assert (await api.ask("POST", f"/articles/{id}/retract", {"reason": "x"})).status == 404


async def test_a_retraction_needs_a_reason(api: Api) -> None:
    await push(api)
    answer = await api.ask("POST", f"/articles/{ID}/retract", {})
    assert (answer.status, answer.json()["errors"][0]["field"]) == (422, "reason")
