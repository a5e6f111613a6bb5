"""To ask for articles ahead of their release takes the operator's trust, however it is asked."""

from __future__ import annotations

from tests.asgi import Answer
from tests.syndication.webhooks.api.asking import Bed
from tests.syndication.webhooks.bed import TOKEN


def named(answer: Answer) -> tuple[int, list[str]]:
    return answer.status, [error["field"] for error in answer.json()["errors"]]


async def test_who_is_not_trusted_is_refused_by_the_field_and_who_is_may_ask(bed: Bed) -> None:
    stranger, partner = await bed.consumer("stranger"), await bed.consumer("partner", embargo="early")
    asked = {"url": bed.receiver.url, "embargoed": True}
    assert named(await bed("POST", json=asked, token=stranger)) == (403, ["embargoed"])
    plain, many = {"url": bed.receiver.url}, "/batch"
    refused = await bed("POST", many, json={"subscriptions": [plain, asked, asked]}, token=stranger)
    assert named(refused) == (403, ["subscriptions.1.embargoed", "subscriptions.2.embargoed"])
    assert (await bed("GET", token=stranger)).json()["subscriptions"] == []
    assert (await bed.made(partner, embargoed=True))["embargoed"] is True
    assert (await bed.made(embargoed=True))["embargoed"] is True  # the operator's own
    assert (await bed.made(stranger))["embargoed"] is False
    assert (await bed("POST", many, json={"subscriptions": [asked]}, token=partner)).status == 201


async def test_it_is_asked_for_later_and_given_up_again_by_the_same_rule(bed: Bed) -> None:
    stranger, partner = await bed.consumer("stranger"), await bed.consumer("partner", embargo="early")
    theirs, own = f"/{(await bed.made(stranger))['id']}", f"/{(await bed.made(partner))['id']}"
    asked = {"embargoed": True}
    assert named(await bed("PATCH", theirs, json=asked, token=stranger)) == (403, ["embargoed"])
    assert named(await bed("PATCH", theirs, json=asked)) == (422, ["embargoed"])
    assert (await bed("PATCH", own, json=asked, token=partner)).json()["embargoed"] is True
    await bed.consumer("partner")
    after = await bed("PATCH", own, json={"description": "x", "exit_notices": False}, token=partner)
    assert (after.status, after.json()["embargoed"]) == (200, True)  # of no effect, and not to be mended first
    assert (await bed("PATCH", own, json={"embargoed": False}, token=partner)).json()["embargoed"] is False


async def test_what_is_put_back_keeps_it_where_its_owner_is_trusted(bed: Bed) -> None:
    partner = await bed.consumer("partner", embargo="early")
    made = await bed.made(partner, embargoed=True)
    [exported] = (await bed("GET", "/export")).json()["subscriptions"]
    assert exported["embargoed"] is True
    assert (await bed("PUT", "/sub_copy", json={**exported, "id": "sub_copy"})).json()["embargoed"] is True
    await bed.consumer("partner")
    for id in ("sub_other", made["id"]):
        assert named(await bed("PUT", f"/{id}", json={**exported, "id": id}, token=TOKEN)) == (422, ["embargoed"])
