"""Many subscriptions at once: made all or none, exported without secrets, and put back without effect when repeated."""

from __future__ import annotations

from typing import Any

from tests.syndication.webhooks.api.asking import Bed
from tests.syndication.webhooks.bed import story
from tests.waiting import until

AUTH = {"type": "basic", "username": "north", "password": "hush"}
HUSH = {"authorization": "Bearer hush"}


async def export(bed: Bed, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await bed("GET", f"/export{query}")).json()["subscriptions"]
    return found


async def test_many_are_made_with_their_secrets_and_get_what_comes(bed: Bed) -> None:
    north = await bed.consumer("north")
    asked = [{"url": f"{bed.receiver.url}/{number}", "description": str(number)} for number in range(3)]
    answer = await bed("POST", "/batch", json={"subscriptions": asked}, token=north)
    made = answer.json()["subscriptions"]
    assert (answer.status, [each["description"] for each in made]) == (201, ["0", "1", "2"])
    assert len({each["secret"] for each in made}) == 3
    assert {each["owner"] for each in made} == {"north"}
    bed.ledger.publish(story(1))
    await until(lambda: len(bed.receiver.calls) == 3)


async def test_one_that_is_refused_is_named_and_none_is_made(bed: Bed) -> None:
    asked = [{"url": bed.receiver.url}, {"url": "http://10.0.0.7/hook"}]
    answer = await bed("POST", "/batch", json={"subscriptions": asked})
    assert (answer.status, answer.json()["errors"][0]["field"]) == (422, "subscriptions.1.url")
    asked[1] = {"url": bed.receiver.url, "filter": "tag:"}
    answer = await bed("POST", "/batch", json={"subscriptions": asked})
    assert (answer.status, answer.json()["errors"][0]["field"]) == (422, "subscriptions.1.filter")
    assert (await bed("POST", "/batch", json={"subscriptions": asked * 51})).status == 422
    assert (await bed("GET")).json() == {"subscriptions": []}


async def test_a_repeated_batch_makes_nothing_again_and_shows_no_secret(bed: Bed) -> None:
    body, headers = {"subscriptions": [{"url": bed.receiver.url}]}, {"idempotency-key": "k"}
    first = (await bed("POST", "/batch", json=body, headers=headers)).json()["subscriptions"]
    again = (await bed("POST", "/batch", json=body, headers=headers)).json()["subscriptions"]
    assert again[0]["id"] == first[0]["id"]
    assert "secret" not in again[0]
    assert len((await bed("GET")).json()["subscriptions"]) == 1


async def test_credentials_are_exported_only_when_asked_for_and_by_operators_alone(bed: Bed) -> None:
    made = await bed.made(headers=HUSH)
    [plain] = await export(bed)
    assert "secret" not in plain
    assert "headers" not in plain
    [whole] = await export(bed, "?secrets=true")
    assert (whole["secret"], whole["headers"]) == (made["secret"], HUSH)
    assert (await bed("GET", "/export?secrets=yes")).status == 422
    north = await bed.consumer("north")
    assert (await bed("GET", "/export?secrets=true", token=north)).status == 403
    assert (await bed("PUT", f"/{made['id']}", json=plain, token=north)).status == 403


async def test_what_was_exported_whole_is_put_back_as_it_was(bed: Bed) -> None:
    made = await bed.made(
        filter="ferry", types=["article.published"], headers={"x-a": "b"}, schedule=[1, 2], rate_limit=5, auth=AUTH
    )
    await bed("PATCH", f"/{made['id']}", json={"status": "paused"})
    before = await export(bed, "?secrets=true")
    await bed("DELETE", f"/{made['id']}")
    path = f"/{made['id']}"
    assert (await bed("PUT", path, json=before[0])).status == 201
    assert await export(bed, "?secrets=true") == before
    assert (await bed("PUT", path, json=before[0])).status == 200
    assert await export(bed, "?secrets=true") == before


async def test_of_one_that_is_there_only_what_is_given_changes(bed: Bed) -> None:
    await bed.consumer("north")
    made = await bed.made(filter="ferry", headers=HUSH)
    [plain] = await export(bed)
    answer = await bed("PUT", f"/{made['id']}", json={**plain, "filter": "bridge", "owner": "north"})
    assert (answer.status, answer.json()["filter"], answer.json()["owner"]) == (200, "bridge", "north")
    [after] = await export(bed, "?secrets=true")
    assert (after["secret"], after["headers"]) == (made["secret"], HUSH)


async def test_ids_and_addresses_are_checked(bed: Bed) -> None:
    assert (await bed("PUT", "/a.b", json={"url": bed.receiver.url})).status == 422
    assert (await bed("PUT", "/ab", json={"url": "http://10.0.0.7/"})).status == 422
    assert (await bed("PUT", "/ab", json={"filter": "x"})).status == 422
    answer = await bed("PUT", "/ab", json={"url": bed.receiver.url, "id": "other"})
    assert (answer.status, answer.json()["errors"][0]["field"]) == (422, "id")


async def test_nothing_is_put_back_for_a_consumer_that_there_is_not(bed: Bed) -> None:
    await bed.consumer("south", query="section:world")
    put = {"url": bed.receiver.url, "owner": "north"}
    answer = await bed("PUT", "/ab", json=put)
    assert (answer.status, answer.json()["errors"][0]["field"]) == (422, "owner")
    assert (await bed("PUT", "/ab", json={**put, "owner": "south"})).json()["within"] == "section:world"
    assert (await bed("PUT", "/ab", json=put)).status == 422
    assert (await bed("GET", "/ab")).json()["owner"] == "south"


async def test_a_receiver_of_cloud_events_is_not_asked_anew_when_it_is_put_back(bed: Bed) -> None:
    made = await bed.made(format="cloudevents-binary", handshake=False)
    [plain] = await export(bed)
    await bed("DELETE", f"/{made['id']}")
    bed.receiver.calls.clear()
    assert (await bed("PUT", f"/{made['id']}", json=plain)).status == 201
    assert bed.receiver.calls == []
