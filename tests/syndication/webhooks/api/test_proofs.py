"""A receiver that knows nothing but what it took proves that it misses nothing, and gets what it does."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import orjson
import pytest

from services.syndication.webhooks.api import proofs
from tests.asgi import Answer, ask
from tests.receiver import Call, Reply
from tests.syndication.webhooks.api.asking import Bed
from tests.syndication.webhooks.bed import TOKEN, story
from tests.waiting import PATIENCE, until


def proof(calls: Iterable[Call], first: int, last: int) -> tuple[int, str]:
    """Follow the documented recipe with what was received alone."""
    taken = {call.version for call in calls if first <= call.seq <= last}
    text = "".join(sorted(f"{article} {version}\n" for article, version in taken))
    return len(taken), hashlib.sha256(text.encode()).hexdigest()


async def digest(bed: Bed, id: str, query: str = "") -> dict[str, Any]:
    found: dict[str, Any] = (await bed("GET", f"/{id}/digest{query}")).json()
    return found


async def gap(bed: Bed, query: str, token: str = TOKEN) -> Answer:
    return await ask(bed.app, "GET", f"/api/v1/events?subscription={query}", token=token)


async def settled(bed: Bed, id: str, last: int) -> None:
    async def done() -> bool:
        found = await digest(bed, id)
        return bool(found["to"] == last and not found["waiting"])

    await until(done)


async def test_the_receivers_proof_is_ours(bed: Bed) -> None:
    made = await bed.made(filter="ferry")
    for number in range(1, 9):
        bed.ledger.publish(story(number, headline="A ferry" if number % 3 else "A bridge", body_html=""))
    await until(lambda: len(bed.receiver.calls) == 6)
    bed.ledger.publish(story(1, 2, headline="No ferry"), "article.updated")
    bed.ledger.publish(story(2, 2, headline="A road", body_html=""), "article.updated")
    bed.ledger.publish(story(4, 2, headline="", body_html=""), "article.retracted")
    await settled(bed, made["id"], 11)
    whole = await digest(bed, made["id"])
    assert (whole["count"], whole["hash"]) == proof(bed.receiver.calls, 1, 11)
    assert (whole["count"], whole["confirmed"], whole["outstanding"], whole["complete"]) == (9, 9, [], True)
    assert await digest(bed, made["id"], "?from=0") == whole  # no entry is asked for before the first
    part = await digest(bed, made["id"], "?from=3&to=9")
    assert (part["count"], part["hash"]) == proof(bed.receiver.calls, 3, 9)
    lost = bed.receiver.calls.pop(2)
    assert proof(bed.receiver.calls, 1, 11) != (whole["count"], whole["hash"])
    handed = (await gap(bed, f"{made['id']}&after={lost.seq - 1}&limit=1")).json()
    [event] = handed["events"]
    assert {"type": event["type"], "timestamp": event["timestamp"], "data": event["data"]} == lost.event
    assert handed["next"] == lost.seq


async def test_count_and_hash_are_both_of_what_is_still_kept(bed: Bed) -> None:
    made = await bed.made()
    for number in range(1, 5):
        bed.ledger.publish(story(number))
    await settled(bed, made["id"], 4)
    bed.ledger.entries[:2] = [bed.ledger.entries[2]] * 2  # as a trimmed ledger: the oldest are not found any more
    found = await digest(bed, made["id"])
    assert (found["count"], found["hash"]) == proof(bed.receiver.calls, 3, 4)
    assert (found["from"], found["confirmed"], found["complete"]) == (1, 2, False)


async def test_the_gap_is_what_was_assigned_page_by_page(bed: Bed) -> None:
    made = await bed.made(filter="ferry")
    for number in range(1, 8):
        bed.ledger.publish(story(number, headline="A ferry" if number % 2 else "A bridge", body_html=""))
    await settled(bed, made["id"], 7)
    bed.ledger.publish(story(1, 2, headline="A bridge", body_html=""), "article.updated")
    await settled(bed, made["id"], 8)
    first = (await gap(bed, f"{made['id']}&limit=3")).json()
    rest = (await gap(bed, f"{made['id']}&limit=3&after={first['next']}")).json()
    events = first["events"] + rest["events"]
    assert [event["seq"] for event in events] == [1, 3, 5, 7, 8]
    assert [event["data"]["previous_seq"] for event in events] == [None, 1, 3, 5, 7]
    assert events[0]["data"]["matched"] == ["ferry"]
    assert (events[4]["data"]["matched"], events[4]["data"]["exit"]) == ([], True)
    assert rest["next"] == 8
    assert (await gap(bed, f"{made['id']}&after=8")).json() == {"events": [], "next": 8, "latest": 8}
    beyond = await gap(bed, f"{made['id']}&after=9")
    assert (beyond.status, beyond.json()["latest"]) == (409, 8)


@pytest.mark.parametrize("status", ["withheld", "canceled"])
async def test_the_gap_names_what_is_withdrawn_by_now_and_proofs_hold(bed: Bed, status: str) -> None:
    key = await bed.consumer("north")
    made = await bed.made(key, filter="ferry")
    bed.ledger.publish(story(1, headline="A ferry sank"))
    await settled(bed, made["id"], 1)
    type = "article.updated" if status == "withheld" else "article.retracted"
    bed.ledger.publish(story(1, 2, headline="", body_html="", status=status), type)
    await settled(bed, made["id"], 2)
    [first, _] = (await gap(bed, made["id"], key)).json()["events"]
    assert (first["seq"], first["type"], first["data"]["matched"]) == (1, "article.published", [])
    named = first["data"]["article"]
    assert (named["id"], named["version"], named["status"]) == ("desk-story1", 1, status)
    assert not any(text in orjson.dumps(first).decode() for text in ("sank", "night ferry"))
    [whole, _] = (await gap(bed, made["id"])).json()["events"]
    assert (whole["data"]["article"]["headline"], whole["data"]["matched"]) == ("A ferry sank", ["ferry"])
    assert whole == {"seq": 1, **bed.receiver.calls[0].event}
    found = await digest(bed, made["id"])
    assert (found["count"], found["hash"]) == proof(bed.receiver.calls, 1, 2)


async def test_what_waits_and_what_was_given_up_is_told(bed: Bed) -> None:
    async def no(_call: Call) -> Reply:
        return Reply(500)

    bed.receiver.answer = no
    made = await bed.made(schedule=[0.1])
    bed.ledger.publish(story(1))

    async def given_up() -> bool:
        return bool((await digest(bed, made["id"]))["given_up"])

    await until(given_up)
    found = await digest(bed, made["id"])
    assert (found["count"], found["confirmed"], found["outstanding"]) == (1, 0, [1])


async def test_only_the_owner_and_the_operator_may_ask(bed: Bed) -> None:
    north, south = await bed.consumer("north"), await bed.consumer("south")
    made = await bed.made(token=north)
    for path in ("digest", "stats"):
        assert (await bed("GET", f"/{made['id']}/{path}", token=north)).status == 200
        assert (await bed("GET", f"/{made['id']}/{path}", token=south)).status == 404
    assert (await gap(bed, made["id"], north)).status == 200
    assert (await gap(bed, made["id"], south)).status == 404
    assert (await gap(bed, made["id"], "wrong")).status == 401
    assert (await gap(bed, f"{made['id']}&q=ferry")).status == 422
    assert (await gap(bed, f"{made['id']}&limit=0")).status == 422


async def test_one_digest_spans_only_so_much(bed: Bed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proofs, "MOST_PROVEN", 2)
    made = await bed.made()
    for number in range(1, 4):
        bed.ledger.publish(story(number))
    await bed.dispatched(3)
    assert (await bed("GET", f"/{made['id']}/digest?from=1")).status == 422
    assert (await bed("GET", f"/{made['id']}/digest?from=2")).status == 200
    for span, proven in (("", (2, 3, 2)), ("?to=2", (1, 2, 2)), ("?to=9", (2, 3, 2))):
        digest = (await bed("GET", f"/{made['id']}/digest{span}")).json()
        assert (digest["from"], digest["to"], digest["count"]) == proven


async def test_stats_tell_how_fast_and_how_well(bed: Bed) -> None:
    made = await bed.made()
    for number in range(1, 4):
        bed.ledger.publish(story(number))
    await settled(bed, made["id"], 3)
    stats = (await bed("GET", f"/{made['id']}/stats")).json()
    assert (stats["last_24h"]["delivered"], stats["last_7d"]["success_rate"]) == (3, 1.0)
    assert stats["last_24h"]["publish_to_ack_ms"]["p99"] < PATIENCE * 1000
