"""What the subscriptions API takes, refuses and shows, and to whom."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook
from structlog.testing import capture_logs

from services.syndication.webhooks.sign import secret_of
from shared.auth import CONSUMERS
from shared.times import now
from tests.receiver import Call, Reply
from tests.syndication.webhooks.api.asking import Bed
from tests.syndication.webhooks.bed import KEY, story
from tests.waiting import until


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


async def test_to_get_nothing_twice_is_asked_for_and_taken_back(bed: Bed) -> None:
    assert (await bed.made())["delivery"] == "at-least-once"
    made = await bed.made(delivery="at-most-once", exit_notices=False)
    limits = f"{{s:{made['id']}}}", "limits"
    assert made["delivery"] == "at-most-once"
    assert (await bed.store.do("HGET", *limits)).endswith(b" once")
    changed = (await bed("PATCH", f"/{made['id']}", json={"delivery": "at-least-once"})).json()
    assert (changed["delivery"], changed["exit_notices"]) == ("at-least-once", False)
    assert not (await bed.store.do("HGET", *limits)).endswith(b" once")
    assert (await bed("POST", json={"url": bed.receiver.url, "delivery": "twice"})).status == 422


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("filter", "ferry"),
        ("description", "of the desk"),
        ("types", ["article.published"]),
        ("schedule", [1.0]),
        ("max_in_flight", 3),
        ("rate_limit", 3.0),
        ("digest", {"items": 3, "seconds": 9.0}),
        ("exit_notices", False),
        ("delivery", "at-most-once"),
        ("embargoed", True),
        ("fields", ["headline"]),
        ("signing", "both"),
    ],
)
async def test_null_gives_a_field_its_default_back(bed: Bed, name: str, value: Any) -> None:
    plain, path = await bed.made(), f"/{(made := await bed.made(**{name: value}))['id']}"
    assert made[name] == value != plain[name]
    answer = await bed("PATCH", path, json={name: None})
    assert (answer.status, answer.json()[name]) == (200, plain[name])


@pytest.mark.parametrize("name", ["url", "status"])
async def test_null_is_refused_where_there_is_no_default(bed: Bed, name: str) -> None:
    answer = await bed("PATCH", f"/{(await bed.made())['id']}", json={name: None})
    assert (answer.status, answer.json()["errors"][0]["field"]) == (422, name)


async def test_changes_that_cross_are_all_kept(bed: Bed) -> None:
    path = f"/{(await bed.made())['id']}"
    changes: list[dict[str, Any]] = [
        {"filter": "ferry"},
        {"description": "of the desk"},
        {"rate_limit": 3.5},
        {"payload": "thin"},
        {"headers": {"X-Desk": "north"}},
        {"schedule": [1.0, 2.0]},
    ]
    asked = await asyncio.gather(*(bed("PATCH", path, json=change) for change in changes))
    assert {answer.status for answer in asked} == {200}
    after = (await bed("GET", path)).json()
    assert after["headers"] == ["X-Desk"]
    wanted = {name: value for change in changes for name, value in change.items() if name != "headers"}
    assert {name: after[name] for name in wanted} == wanted


async def test_every_secret_of_rotations_that_cross_signs(bed: Bed) -> None:
    id = (made := await bed.made())["id"]
    asked = await asyncio.gather(*(bed("POST", f"/{id}/rotate-secret", json={}) for _ in range(5)))
    told = {made["secret"], *(answer.json()["secret"] for answer in asked)}
    await bed("POST", f"/{id}/test")
    [call] = bed.receiver.calls
    for secret in told:
        Webhook(secret).verify(call.body, call.headers)


async def test_a_name_that_does_not_resolve_yet_may_subscribe(bed: Bed) -> None:
    answer = await bed("POST", json={"url": "https://partner.invalid/hook", "filter": "tag:kursk-oblast"})
    assert (answer.status, answer.json()["status"]) == (201, "active")


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
    with capture_logs() as lines:
        assert (await bed("PATCH", path, json={"status": "paused"})).json()["status"] == "paused"
    assert [line["status"] for line in lines if line["event"] == "subscription.updated"] == ["paused"]
    bed.ledger.publish(story(1))
    await bed.waiting(made["id"], 1)
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
    await bed.waiting(other["id"], 0)
    assert len(bed.receiver.calls) == 1
    assert await bed.store.do("EXISTS", f"{{s:{made['id']}}}", f"{{s:{made['id']}}}:items") == 0


async def test_both_secrets_sign_after_a_rotation(bed: Bed) -> None:
    made = await bed.made()
    with capture_logs() as lines:
        rotated = (await bed("POST", f"/{made['id']}/rotate-secret", json={"overlap_seconds": 60})).json()
    assert [line for line in lines if line["event"] == "subscription.secret_rotated"] == [
        {
            "event": "subscription.secret_rotated",
            "log_level": "info",
            "subscription": made["id"],
            "owner": None,
            "overlap_seconds": 60.0,
        }
    ]
    assert rotated["secret"] != made["secret"]
    bed.ledger.publish(story(1))
    await until(lambda: bed.receiver.calls)
    call = bed.receiver.calls[0]
    for secret in (made["secret"], rotated["secret"]):
        Webhook(secret).verify(call.body, call.headers)


async def test_pacing_is_asked_for_shown_changed_and_lifted(bed: Bed) -> None:
    made = await bed.made(max_in_flight=3, rate_limit=2.5)
    assert (made["max_in_flight"], made["rate_limit"]) == (3, 2.5)
    changed = (await bed("PATCH", f"/{made['id']}", json={"max_in_flight": 9})).json()
    assert (changed["max_in_flight"], changed["rate_limit"]) == (9, 2.5)
    lifted = (await bed("PATCH", f"/{made['id']}", json={"rate_limit": None, "max_in_flight": None})).json()
    assert (lifted["max_in_flight"], lifted["rate_limit"]) == (64, None)
    assert await bed.store.do("HGET", f"{{s:{made['id']}}}", "limits") == b"64 0.000"
    for wrong in ({"max_in_flight": 0}, {"rate_limit": 0}, {"rate_limit": -1}, {"max_in_flight": 5000}):
        assert (await bed("PATCH", f"/{made['id']}", json=wrong)).status == 422


async def test_a_consumer_that_leaves_takes_its_subscriptions_along(bed: Bed) -> None:
    north = await bed.consumer("north")
    await bed.made(token=north)
    kept = await bed.made()
    await bed.replica.leave("north")
    assert [each["id"] for each in (await bed("GET")).json()["subscriptions"]] == [kept["id"]]


async def test_what_a_consumer_may_have_bounds_its_subscriptions(bed: Bed) -> None:
    west = await bed.consumer("west", reuse="summary")
    made = await bed.made(token=west)
    assert made["reuse"] == "summary"
    for asked, had in (("headline", "headline"), ("full", "summary")):
        answer = await bed("PATCH", f"/{made['id']}", json={"reuse": asked}, token=west)
        assert answer.json()["reuse"] == had


async def test_digests_are_asked_for_shown_and_lifted(bed: Bed) -> None:
    window = {"items": 20, "seconds": 60.0}
    made = await bed.made(digest=window)
    assert made["digest"] == window
    assert await bed.store.do("HGET", f"{{s:{made['id']}}}", "limits") == b"64 0.000 20 60000"
    assert (await bed("GET", f"/{made['id']}")).json()["digest"] == window
    kept = await bed("PATCH", f"/{made['id']}", json={"rate_limit": 5})
    assert (kept.json()["digest"], kept.json()["rate_limit"]) == (window, 5)
    lifted = await bed("PATCH", f"/{made['id']}", json={"digest": None})
    assert (lifted.json()["digest"], lifted.json()["rate_limit"]) == (None, 5)
    assert await bed.store.do("HGET", f"{{s:{made['id']}}}", "limits") == b"64 200.000"


async def test_a_new_address_bears_nothing_of_the_one_before(bed: Bed) -> None:
    async def resting(call: Call) -> Reply:
        return Reply(429, {"retry-after": "3600"}) if call.path.endswith("/old") else Reply(204)

    bed.receiver.answer = resting
    id = (await bed.made(url=f"{bed.receiver.url}/old"))["id"]
    bed.ledger.publish(story(1))
    await bed.logged(id, 1)
    bed.ledger.publish(story(2))
    await bed.waiting(id, 2)
    await bed("PATCH", f"/{id}", json={"url": f"{bed.receiver.url}/new"})
    await until(lambda: len(bed.receiver.calls) == 3, seconds=30)
    assert sorted(call.seq for call in bed.receiver.calls[1:]) == [1, 2]


@pytest.mark.parametrize("rate", [None, 100])
async def test_another_rate_counts_at_once(bed: Bed, rate: float | None) -> None:
    id = (await bed.made(rate_limit=0.01))["id"]
    for number in range(1, 4):
        bed.ledger.publish(story(number))
    await bed.logged(id, 1)
    await bed.waiting(id, 2)
    await bed("PATCH", f"/{id}", json={"rate_limit": rate})
    # Sooner than the old rate lets the next one go, and than what was forgotten is looked for.
    await until(lambda: len(bed.receiver.calls) == 3, seconds=30)


@pytest.mark.parametrize(
    "window",
    [
        {"items": 0, "seconds": 60},
        {"items": 101, "seconds": 60},
        {"items": 5},
        {"items": 5, "seconds": 0},
        {"items": 5, "seconds": 9, "x": 1},
    ],
)
async def test_a_digest_needs_a_sensible_window(bed: Bed, window: dict[str, Any]) -> None:
    answer = await bed("POST", json={"url": bed.receiver.url, "digest": window})
    assert answer.status == 422


async def test_it_is_told_what_waits_and_when_the_next_attempt_is_due(bed: Bed) -> None:
    answering, release = asyncio.Event(), asyncio.Event()

    async def slow_then_down(_call: Call) -> Reply:
        answering.set()
        await release.wait()
        return Reply(500)

    bed.receiver.answer = slow_then_down
    made = await bed.made(schedule=[600])

    async def told() -> tuple[int, str | None]:
        shown = (await bed("GET", f"/{made['id']}")).json()
        return shown["waiting"], shown["next_attempt"]

    assert await told() == (0, None)
    began = now()
    bed.ledger.publish(story(1))
    await answering.wait()
    assert await told() == (1, None)
    release.set()
    await bed.logged(made["id"], 1)
    waiting, due = await told()
    assert (waiting, due is not None) == (1, True)
    moment = datetime.fromisoformat(str(due))
    assert began + timedelta(seconds=450) < moment < now() + timedelta(seconds=750)
    await bed("PATCH", f"/{made['id']}", json={"status": "paused"})
    assert await told() == (1, None)


@pytest.mark.parametrize("batch", [False, True])
async def test_nothing_is_made_for_a_consumer_that_was_deleted_meanwhile(bed: Bed, *, batch: bool) -> None:
    asked_for_consent, agreed = asyncio.Event(), asyncio.Event()

    async def answer(_call: Call) -> Reply:
        asked_for_consent.set()
        await agreed.wait()
        return Reply(200, {"webhook-allowed-origin": "*"})

    bed.receiver.answer = answer
    key, one = await bed.consumer("north", query="tag:x"), {"url": bed.receiver.url, "format": "cloudevents-binary"}
    path, body = ("/batch", {"subscriptions": [one, one]}) if batch else ("", one)
    making = asyncio.create_task(bed("POST", path, json=body, token=key))
    await asked_for_consent.wait()
    await bed.replica.leave("north")
    await bed.store.do("HDEL", CONSUMERS, "north")
    agreed.set()
    assert (await making).status == 401
    assert (await bed("GET")).json()["subscriptions"] == []
