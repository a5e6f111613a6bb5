"""A receiver that asked to be verified gets nothing before it is, and everything after."""

from __future__ import annotations

from typing import Any

import pytest
from standardwebhooks import Webhook

from services.syndication.webhooks import verifying
from services.syndication.webhooks.sign import secret_of
from shared.redis import RedisError
from tests.receiver import Call, Reply
from tests.syndication.webhooks.api.asking import Bed
from tests.syndication.webhooks.bed import KEY, story
from tests.waiting import until


async def silent(_call: Call) -> Reply:
    return Reply(404)


async def echo(call: Call) -> Reply:
    return Reply(200, body=call.event["data"].get("challenge", "").encode())


async def shown(bed: Bed, made: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await bed("GET", f"/{made['id']}")).json()
    return found


async def test_a_receiver_that_knows_its_secret_is_verified_at_once(bed: Bed) -> None:
    made = await bed.made(verify="test", secret=secret_of(KEY))
    assert made["status"] == "pending"
    await until(lambda: bed.receiver.calls)
    call = bed.receiver.calls[0]
    Webhook(made["secret"]).verify(call.body, call.headers)
    assert call.event["type"] == "subscription.verification"

    async def active() -> bool:
        return bool((await shown(bed, made))["status"] == "active")

    await until(active)
    bed.ledger.publish(story(1))
    await until(lambda: len(bed.receiver.calls) == 2)
    assert bed.receiver.calls[1].seq == 1


async def test_nothing_else_goes_out_while_it_is_pending(bed: Bed) -> None:
    bed.receiver.answer = silent
    made = await bed.made(verify="challenge")
    told = (await bed("POST", f"/{made['id']}/verify")).json()
    assert (told["verified"], told["status"]) == (False, 404)
    bed.ledger.publish(story(1))
    await bed("POST", f"/{made['id']}/verify")
    after = await shown(bed, made)
    assert (after["status"], after["reason"]) == ("pending", "not verified: the receiver answered 404")
    assert (await bed("PATCH", f"/{made['id']}", json={"status": "paused"})).status == 409
    assert {call.event["type"] for call in bed.receiver.calls} == {"subscription.verification"}
    bed.receiver.answer = echo
    assert (await bed("POST", f"/{made['id']}/verify")).json()["verified"]
    assert (await shown(bed, made))["status"] == "active"
    await until(lambda: bed.receiver.calls[-1].event["type"] == "article.published")
    assert (await bed("POST", f"/{made['id']}/verify")).status == 409


async def test_a_2xx_alone_does_not_meet_a_challenge(bed: Bed) -> None:
    made = await bed.made(verify="challenge")
    told = (await bed("POST", f"/{made['id']}/verify")).json()
    assert (told["verified"], told["reason"]) == (False, "the answer does not repeat the challenge")


async def test_it_is_tried_again_by_turns_until_it_holds(bed: Bed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "wait_after", lambda tries: 0.0 if 0 < tries < 9 else None)
    bed.receiver.answer = silent
    made = await bed.made(verify="test")
    await until(lambda: bed.receiver.calls)
    bed.receiver.answer = echo

    async def tried() -> bool:
        bed.replica.verifying.tick.wake()
        return bool((await shown(bed, made))["status"] == "active")

    await until(tried)
    assert await bed.store.do("ZCARD", verifying.QUEUE) == 0


async def test_an_operator_may_answer_for_a_receiver_and_a_consumer_may_not(bed: Bed) -> None:
    bed.receiver.answer = silent
    north = await bed.consumer("north")
    made = await bed.made(verify="test", token=north)
    path = f"/{made['id']}"
    assert (await bed("PATCH", path, json={"status": "active"}, token=north)).status == 409
    assert (await bed("PATCH", path, json={"status": "active"})).json()["status"] == "active"
    assert (await bed("POST", f"{path}/verify")).status == 409


async def test_a_new_address_is_proven_anew(bed: Bed) -> None:
    bed.receiver.answer = echo
    made = await bed.made(verify="challenge")
    await bed("POST", f"/{made['id']}/verify")
    bed.receiver.answer = silent
    changed = await bed("PATCH", f"/{made['id']}", json={"url": f"{bed.receiver.url}/other"})
    assert changed.json()["status"] == "pending"


async def test_what_waits_goes_to_no_new_address_before_that_is_proven(bed: Bed) -> None:
    async def resting(call: Call) -> Reply:
        if call.path.endswith("/new"):
            return Reply(404)
        known = call.event["type"] == "subscription.verification"
        return Reply(204) if known else Reply(429, {"retry-after": "3600"})

    bed.receiver.answer = resting
    id = (await bed.made(url=f"{bed.receiver.url}/old", verify="test"))["id"]
    await bed("POST", f"/{id}/verify")
    bed.ledger.publish(story(1))
    await bed.logged(id, 1)
    changed = await bed("PATCH", f"/{id}", json={"url": f"{bed.receiver.url}/new"})
    assert changed.json()["status"] == "pending"
    await bed("POST", f"/{id}/verify")
    await bed("POST", f"/{id}/verify")
    told = [call.event["type"] for call in bed.receiver.calls if call.path.endswith("/new")]
    assert set(told) == {"subscription.verification"}


async def test_a_change_that_breaks_off_leaves_no_new_address_unproven(
    bed: Bed, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_id: str, _seconds: float) -> None:
        raise RedisError("killed here")

    bed.receiver.answer = echo
    made = await bed.made(verify="test")
    assert await proven(bed, made["id"]) == "active"
    monkeypatch.setattr(bed.replica.verifying, "ask", away)
    assert (await bed("PATCH", f"/{made['id']}", json={"url": f"{bed.receiver.url}/other"})).status == 503
    after = await shown(bed, made)
    assert (after["url"], after["status"]) != (f"{bed.receiver.url}/other", "active")


async def proven(bed: Bed, id: str) -> str:
    """Return how a subscription stands once nothing is left to be proven, by its turn or because it is asked."""
    bed.receiver.answer = echo
    await bed("POST", f"/{id}/verify")

    async def done() -> bool:
        return await bed.store.do("HGET", f"{{s:{id}}}", "verifying") is None

    await until(done)
    return str((await bed("GET", f"/{id}")).json()["status"])


async def test_what_is_paused_is_proven_and_stays_paused(bed: Bed) -> None:
    made = await bed.made(verify="test")
    path = f"/{made['id']}"
    assert await proven(bed, made["id"]) == "active"
    await bed("PATCH", path, json={"status": "paused"})
    bed.receiver.answer = silent
    changed = (await bed("PATCH", path, json={"url": f"{bed.receiver.url}/other"})).json()
    assert (changed["status"], changed["reason"]) == ("paused", "not verified yet")
    # To go on is to wait for the proof; to pause with the move is to be paused after it.
    assert (await bed("PATCH", path, json={"status": "active"})).json()["status"] == "pending"
    assert await proven(bed, made["id"]) == "active"
    bed.receiver.answer = silent
    moved = {"url": f"{bed.receiver.url}/third", "status": "paused"}
    assert (await bed("PATCH", path, json=moved)).json()["status"] == "paused"
    assert await proven(bed, made["id"]) == "paused"
    assert (await bed("PATCH", path, json={"status": "active"})).json()["status"] == "active"


async def test_one_that_is_put_back_paused_stays_so_once_it_is_proven(bed: Bed) -> None:
    put_back = {"url": bed.receiver.url, "verify": "test", "status": "paused"}
    assert (await bed("PUT", "/ab", json=put_back)).json()["status"] == "paused"
    assert await proven(bed, "ab") == "paused"


async def test_one_that_is_deleted_meanwhile_is_forgotten(bed: Bed) -> None:
    bed.receiver.answer = silent
    made = await bed.made(verify="test")
    await bed("DELETE", f"/{made['id']}")
    await bed.replica.verifying.ask_now(made["id"])

    async def forgotten() -> bool:
        return not await bed.store.do("ZCARD", verifying.QUEUE)

    await until(forgotten)
    assert await bed.store.do("EXISTS", f"{{s:{made['id']}}}") == 0
