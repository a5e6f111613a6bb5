"""What the subscriptions API takes, refuses and shows, and to whom."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from standardwebhooks import Webhook
from starlette.types import ASGIApp

from services.syndication.webhooks.api import openapi_paths, openapi_webhooks
from services.syndication.webhooks.sign import secret_of
from services.syndication.webhooks.wiring import Webhooks
from shared.auth import CONSUMERS, digest
from shared.events import to_json
from shared.redis import Store
from shared.web import application
from tests.asgi import Answer, ask
from tests.receiver import Call, Receiver, Reply, a_receiver
from tests.syndication.webhooks.bed import KEY, TOKEN, MemoryLedger, a_replica, story
from tests.waiting import until

ROOT = "/api/v1/subscriptions"


@dataclass(frozen=True)
class Bed:
    app: ASGIApp
    ledger: MemoryLedger
    receiver: Receiver
    replica: Webhooks
    store: Store

    async def __call__(self, method: str, path: str = "", json: Any = None, token: str = TOKEN, **more: Any) -> Answer:
        return await ask(self.app, method, ROOT + path, json=json, token=token, **more)

    async def made(self, token: str = TOKEN, **over: Any) -> dict[str, Any]:
        answer = await self("POST", json={"url": self.receiver.url, **over}, token=token)
        assert answer.status == 201, answer.body
        made: dict[str, Any] = answer.json()
        return made

    async def consumer(self, id: str) -> str:
        key = f"wrk_{id}_0123456789abcdef"
        await self.store.do("HSET", CONSUMERS, id, to_json({"name": id, "key": digest(key), "created_at": ""}))
        return key


@pytest.fixture
async def bed(store: Store) -> AsyncIterator[Bed]:
    ledger = MemoryLedger()
    async with a_receiver() as receiver, a_replica(store, ledger) as replica:
        yield Bed(application(replica.routes), ledger, receiver, replica, store)


async def test_the_smallest_call_makes_a_subscription_that_gets_what_comes_after(bed: Bed) -> None:
    bed.ledger.publish(story(1))
    made = await bed.made()
    assert made["status"] == "active"
    bed.ledger.publish(story(2))
    await until(lambda: bed.receiver.calls)
    assert bed.receiver.seqs == [2]
    Webhook(made["secret"]).verify(bed.receiver.calls[0].body, bed.receiver.calls[0].headers)


async def test_the_secret_is_shown_on_creation_only_and_header_values_never(bed: Bed) -> None:
    made = await bed.made(headers={"authorization": "Bearer hush"})
    shown = (await bed("GET", f"/{made['id']}")).json()
    listed = (await bed("GET")).body
    assert "secret" not in shown
    assert made["secret"].encode() not in listed
    assert shown["headers"] == ["authorization"]
    assert b"hush" not in listed


async def test_a_secret_may_be_chosen(bed: Bed) -> None:
    assert (await bed.made(secret=secret_of(KEY)))["secret"] == secret_of(KEY)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"url": "http://10.0.0.7/hook"}, "url"),
        ({"url": "http://does-not-resolve.invalid/"}, "url"),
        ({"url": "ftp://example.org/"}, "url"),
        ({"url": "http://127.0.0.1:6379/"}, "url"),
        ({"filter": "tag:"}, "filter"),
        ({"secret": "whsec_short"}, "secret"),
        ({"types": ["article.deleted"]}, "types.0"),
        ({"types": []}, "types"),
        ({"headers": {"webhook-id": "x"}}, "headers"),
        ({"headers": {"x-a": "a\r\nhost: b"}}, "headers"),
        ({"schedule": [0]}, "schedule.0"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_bad_input_is_refused_naming_the_field(bed: Bed, body: dict[str, Any], field: str) -> None:
    answer = await bed("POST", json={"url": bed.receiver.url, **body})
    assert answer.status == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_a_wrong_filter_is_refused_with_the_position(bed: Bed) -> None:
    answer = await bed("POST", json={"url": bed.receiver.url, "filter": "ferry AND (lang:en"})
    assert "position 10" in answer.json()["errors"][0]["message"]


async def test_a_large_body_and_a_wrong_token_are_refused(bed: Bed) -> None:
    assert (await bed("POST", body=b"x" * 70_000)).status == 413
    assert (await bed("GET", token="wrong")).status == 401
    assert (await bed("POST", body=b"{")).status == 422


async def test_a_repeated_request_with_the_same_key_makes_one_subscription(bed: Bed) -> None:
    body, headers = {"url": bed.receiver.url}, {"idempotency-key": "k1"}
    first = await bed("POST", json=body, headers=headers)
    again = await bed("POST", json=body, headers=headers)
    assert again.status == 201
    assert again.json()["id"] == first.json()["id"]
    assert "secret" not in again.json()
    assert len((await bed("GET")).json()["subscriptions"]) == 1


async def test_a_consumer_sees_and_touches_only_its_own(bed: Bed) -> None:
    north, south = await bed.consumer("north"), await bed.consumer("south")
    made = await bed.made(token=north)
    path = f"/{made['id']}"
    assert made["owner"] == "north"
    assert (await bed("GET", path, token=south)).status == 404
    assert (await bed("PATCH", path, json={"status": "paused"}, token=south)).status == 404
    assert (await bed("DELETE", path, token=south)).status == 404
    assert (await bed("POST", f"{path}/rotate-secret", token=south)).status == 404
    assert (await bed("POST", f"{path}/replay", json={"after_seq": 0}, token=south)).status == 404
    assert (await bed("GET", f"{path}/deliveries", token=south)).status == 404
    assert (await bed("GET", token=south)).json() == {"subscriptions": []}
    assert (await bed("GET", path, token=north)).status == 200
    assert (await bed("GET", path)).status == 200


async def test_what_comes_while_paused_flows_when_active_again(bed: Bed) -> None:
    made = await bed.made()
    path = f"/{made['id']}"
    assert (await bed("PATCH", path, json={"status": "paused"})).json()["status"] == "paused"
    bed.ledger.publish(story(1))
    await until(lambda: _waiting(bed.store, made["id"], 1))
    assert bed.receiver.calls == []
    assert (await bed("PATCH", path, json={"status": "active"})).json()["status"] == "active"
    await until(lambda: bed.receiver.calls)


async def test_a_changed_filter_counts_from_the_next_event(bed: Bed) -> None:
    made = await bed.made(filter="bridge", types=["article.published"])
    answer = await bed("PATCH", f"/{made['id']}", json={"filter": "ferry", "types": None})
    assert (answer.json()["filter"], answer.json()["types"]) == ("ferry", None)
    bed.ledger.publish(story(1))
    await until(lambda: bed.receiver.calls)
    assert bed.receiver.calls[0].event["data"]["matched"] == ["ferry"]


async def test_a_deleted_subscription_gets_nothing_more(bed: Bed) -> None:
    made = await bed.made()
    assert (await bed("DELETE", f"/{made['id']}")).status == 204
    assert (await bed("GET", f"/{made['id']}")).status == 404
    other = await bed.made()
    bed.ledger.publish(story(1))
    await until(lambda: bed.receiver.calls)
    await until(lambda: _waiting(bed.store, other["id"], 0))
    assert len(bed.receiver.calls) == 1
    assert await bed.store.do("EXISTS", f"{{s:{made['id']}}}", f"{{s:{made['id']}}}:items") == 0


async def test_both_secrets_sign_after_a_rotation(bed: Bed) -> None:
    made = await bed.made()
    rotated = (await bed("POST", f"/{made['id']}/rotate-secret")).json()
    assert rotated["secret"] != made["secret"]
    bed.ledger.publish(story(1))
    await until(lambda: bed.receiver.calls)
    call = bed.receiver.calls[0]
    for secret in (made["secret"], rotated["secret"]):
        Webhook(secret).verify(call.body, call.headers)


async def test_a_test_message_is_sent_at_once_and_the_answer_told(bed: Bed) -> None:
    made = await bed.made()

    async def teapot(_call: Call) -> Reply:
        return Reply(418, body=b"short and stout")

    bed.receiver.answer = teapot
    told = (await bed("POST", f"/{made['id']}/test")).json()
    call = bed.receiver.calls[0]
    Webhook(made["secret"]).verify(call.body, call.headers)
    assert (told["delivered"], told["status"], told["body"]) == (False, 418, "short and stout")
    assert call.event["type"] == "webhook.test"


async def test_the_log_is_newest_first_and_pages(bed: Bed) -> None:
    made = await bed.made()
    for number in range(5):
        bed.ledger.publish(story(1, 1 + number))
    path = f"/{made['id']}/deliveries"
    await until(lambda: _logged(bed, path, 5))
    first = (await bed("GET", f"{path}?limit=3")).json()
    rest = (await bed("GET", f"{path}?limit=3&before={first['next']}")).json()
    assert [each["version"] for each in first["deliveries"] + rest["deliveries"]] == [5, 4, 3, 2, 1]
    assert rest["next"] is None
    assert (await bed("GET", f"{path}?before=x")).status == 422


async def test_replay_sends_what_matches_again_with_equal_ids(bed: Bed) -> None:
    made = await bed.made(filter="ferry")
    for number in range(1, 5):
        bed.ledger.publish(story(number, headline="A bridge" if number == 2 else "A ferry", body_html=""))
    await until(lambda: len(bed.receiver.calls) == 3)
    await until(lambda: _waiting(bed.store, made["id"], 0))
    told = await bed("POST", f"/{made['id']}/replay", json={"from_seq": 2, "to_seq": 3})
    assert (told.status, told.json()) == (202, {"queued": 1, "next": None})
    await until(lambda: len(bed.receiver.calls) == 4)
    again = bed.receiver.calls[3]
    assert again.seq == 3
    assert [call.id for call in bed.receiver.calls].count(again.id) == 2
    assert (await bed("POST", f"/{made['id']}/replay", json={"from_seq": 3, "to_seq": 2})).status == 422
    assert (await bed("POST", f"/{made['id']}/replay", json={})).status == 422


async def test_preview_shows_what_would_have_matched_and_why(bed: Bed) -> None:
    for number in range(1, 5):
        bed.ledger.publish(story(number, language="uk" if number % 2 else "en"))
    told = (await bed("POST", "/preview", json={"filter": "lang:uk ferry", "limit": 3})).json()
    assert told["scanned"] == 3
    assert [(each["seq"], each["matched"]) for each in told["matched"]] == [(3, ["lang:uk", "ferry"])]


def test_openapi_describes_every_route_and_type(bed: Bed) -> None:
    described = {(path, method.upper()) for path, ops in openapi_paths()["paths"].items() for method in ops}
    served = {(route.path, method) for route in bed.replica.routes for method in (route.methods or set()) - {"HEAD"}}
    assert described == served
    assert sorted(openapi_webhooks()) == [
        "article.corrected",
        "article.published",
        "article.retracted",
        "article.updated",
    ]


async def _waiting(store: Store, id: str, count: int) -> bool:
    return bool(await store.do("HLEN", f"{{s:{id}}}:items") == count)


async def _logged(bed: Bed, path: str, count: int) -> bool:
    return len((await bed("GET", path)).json()["deliveries"]) == count
