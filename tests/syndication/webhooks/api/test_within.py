"""A consumer's query binds its webhooks, however they were made; what leaves it is named, and no more."""

from __future__ import annotations

from typing import Any

from services.syndication.webhooks.store import SubscriptionStore
from shared.auth import CONSUMERS
from shared.events import to_json
from tests.asgi import Answer, ask
from tests.receiver import Receiver
from tests.syndication.webhooks.api.asking import Bed
from tests.syndication.webhooks.bed import SEALER, TOKEN, story
from tests.waiting import until

WORLD = {"query": "section:world"}


def got(receiver: Receiver) -> list[tuple[int, bool, str]]:
    """Return seq, whether it tells of an exit, and the headline of what a receiver got."""
    events = [call.event["data"] for call in receiver.calls]
    return [(data["seq"], data.get("exit", False), data["article"].get("headline", "")) for data in events]


async def test_only_what_is_within_it_and_matches_the_filter_is_sent(bed: Bed) -> None:
    key = await bed.consumer("partner", **WORLD)
    made = await bed.made(key, filter="storm")
    assert (made["filter"], made["within"]) == ("storm", "section:world")
    assert (await bed.made(filter="calm"))["within"] is None
    bed.ledger.publish(story(1, section="sport", headline="Storm"))
    bed.ledger.publish(story(2, section="world", headline="Sun"))
    bed.ledger.publish(story(3, section="world", headline="Storm"))
    await until(lambda: got(bed.receiver) == [(3, False, "Storm")])


async def test_an_update_that_leaves_it_is_told_by_the_articles_name_alone(bed: Bed) -> None:
    key = await bed.consumer("partner", **WORLD)
    made = await bed.made(key)
    own = await bed.made()
    bed.ledger.publish(story(1, section="world", headline="Here"))
    await until(lambda: len(bed.receiver.calls) == 2)
    bed.ledger.publish(story(1, 2, section="sport", headline="There"), "article.updated")
    await until(lambda: len(bed.receiver.calls) == 4)
    told = [event for event in got(bed.receiver) if event[0] == 2]
    assert sorted(told) == [(2, False, "There"), (2, True, "")]
    page = await bed("GET", token=key)
    assert page.status == 200
    assert [await _headlines(bed, id, token) for id, token in ((made["id"], key), (own["id"], TOKEN))] == [
        ["Here", ""],
        ["Here", "There"],
    ]
    bed.ledger.publish(story(1, 3, section=None, status="canceled"), "article.retracted")
    await until(lambda: len(bed.receiver.calls) == 6)  # a retraction follows it, wherever it was


async def test_a_subscription_whose_owner_just_left_is_matched_with_no_more_than_it_was_sent(bed: Bed) -> None:
    made = await bed.made(await bed.consumer("partner", reuse="summary"))
    registry = SubscriptionStore(bed.store, SEALER)
    assert [each.sees for each in [await registry.get(made["id"])] if each] == ["summary"]
    await bed.store.do("DEL", CONSUMERS)
    assert [each.sees for each in [await registry.get(made["id"])] if each] == ["summary"]


async def test_who_takes_it_over_gets_nothing_that_only_its_former_owner_might_have(bed: Bed) -> None:
    made = await bed.made()
    key = await bed.consumer("partner", **WORLD)
    bed.ledger.publish(story(1, section="sport", headline="Storm"))
    bed.ledger.publish(story(2, section="world", headline="Sun"))
    await until(lambda: len(bed.receiver.calls) == 2)
    await bed("PUT", f"/{made['id']}", json={"url": bed.receiver.url, "owner": "partner"})
    assert await _headlines(bed, made["id"], key) == ["", "Sun"]
    replayed = await bed("POST", f"/{made['id']}/replay", json={"after_seq": 0}, token=key)
    assert replayed.json()["queued"] == 1
    await until(lambda: len(bed.receiver.calls) == 3)
    assert bed.receiver.seqs[2:] == [2]


async def _headlines(bed: Bed, id: str, token: str) -> list[str]:
    events = (await _events(bed, f"?subscription={id}", token)).json()["events"]
    return [each["data"]["article"].get("headline", "") for each in events]


async def _events(bed: Bed, query: str, token: str) -> Answer:
    return await ask(bed.app, "GET", f"/api/v1/events{query}", token=token)


async def test_what_an_operator_put_there_for_it_is_bound_too_and_where_it_begins(bed: Bed) -> None:
    await bed.consumer("partner", **WORLD)
    bed.ledger.publish(story(1, section="world"))
    bed.ledger.publish(story(2, section="sport"))
    given: dict[str, Any] = {"url": bed.receiver.url, "owner": "partner", "from": {"last": 5}}
    made = (await bed("PUT", "/sub_theirs", json=given)).json()
    assert (made["within"], made["starts_at"]) == ("section:world", 1)
    await until(lambda: got(bed.receiver))
    bed.ledger.publish(story(3, section="sport"))
    bed.ledger.publish(story(4, section="world"))
    await until(lambda: len(bed.receiver.calls) == 2)
    assert [seq for seq, _, _ in got(bed.receiver)] == [1, 4]
    [exported] = (await bed("GET", "/export")).json()["subscriptions"]
    assert (exported["filter"], "within" in exported) == ("", False)
    queued = (await bed("POST", "/sub_theirs/replay", json={"after_seq": 0})).json()["queued"]
    assert queued == 2


async def test_how_much_of_an_article_its_owner_may_have_binds_it_whoever_asked(bed: Bed) -> None:
    made = await bed.made(await bed.consumer("partner", reuse="headline"))
    changed = await bed("PATCH", f"/{made['id']}", json={"reuse": "full"})
    put = await bed("PUT", "/sub_theirs", json={"url": bed.receiver.url, "owner": "partner", "reuse": "summary"})
    assert [each.json()["reuse"] for each in (changed, put)] == ["headline", "headline"]
    bed.ledger.publish(story(1, headline="Ferries stop", body_html="<p>Unsaid.</p>"))
    await until(lambda: len(bed.receiver.calls) == 2)
    for id, call in zip((made["id"], "sub_theirs"), sorted(bed.receiver.calls, key=lambda each: each.id), strict=True):
        assert call.event["data"]["article"]["headline"] == "Ferries stop"
        assert b"Unsaid" not in call.body
        [told] = (await _events(bed, f"?subscription={id}", TOKEN)).json()["events"]
        assert b"Unsaid" not in to_json(told)
    exported = (await bed("GET", "/export")).json()["subscriptions"]
    assert [each["reuse"] for each in exported] == ["headline", "headline"]


async def test_a_subscription_is_bound_by_what_its_owner_may_have_by_now(bed: Bed) -> None:
    await bed.consumer("partner")
    await bed("PUT", "/sub_theirs", json={"url": bed.receiver.url, "owner": "partner"})
    await bed.consumer("partner", reuse="headline")
    await bed("PATCH", "/sub_theirs", json={"description": "theirs"})
    bed.ledger.publish(story(1, headline="Ferries stop", body_html="<p>Unsaid.</p>"))
    await until(lambda: bed.receiver.calls)
    assert b"Unsaid" not in bed.receiver.calls[0].body


async def test_a_preview_shows_what_it_would_be_sent(bed: Bed) -> None:
    key = await bed.consumer("partner", **WORLD)
    for number, section in enumerate(("world", "sport", "world")):
        bed.ledger.publish(story(number, section=section))
    asked = {"filter": ""}
    assert (await bed("POST", "/preview", json=asked, token=key)).json()["count"] == 2
    assert (await bed("POST", "/preview", json=asked)).json()["count"] == 3


async def test_a_filter_that_is_too_long_together_with_it_is_refused_by_name(bed: Bed) -> None:
    key = await bed.consumer("partner", query=" OR ".join(f"tag:t{n}" for n in range(100)))
    long = " OR ".join(f"tag:u{n}" for n in range(100))
    made = await bed.made(key)
    asked = {"url": bed.receiver.url, "filter": long}
    for method, path, body in (
        ("POST", "", asked),
        ("PATCH", f"/{made['id']}", {"filter": long}),
        ("POST", "/preview", {"filter": long}),
    ):
        refused = await bed(method, path, json=body, token=key)
        assert (refused.status, refused.json()["errors"][0]["field"]) == (422, "filter")
    refused = await bed("POST", "/batch", json={"subscriptions": [asked]}, token=key)
    assert (refused.status, refused.json()["errors"][0]["field"]) == (422, "subscriptions.0.filter")
