"""The log of a subscription, and each request in it: made anew as it was sent, with secrets left out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from services.syndication.webhooks.api import log
from services.syndication.webhooks.as_sent import AHEAD, BEYOND, GONE, HIDDEN, UNKEPT, UNSENT, WITHDRAWN
from services.syndication.webhooks.lanes import keys
from shared.auth import CONSUMERS
from shared.events import to_json
from tests.receiver import Call, Reply
from tests.syndication.webhooks.api.asking import Bed
from tests.syndication.webhooks.bed import TOKEN, story
from tests.waiting import until

HTTP = {"host", "accept", "accept-encoding", "content-length"}
"""What the client adds."""


async def test_the_log_is_newest_first_and_pages(bed: Bed) -> None:
    made = await bed.made()
    path = f"/{made['id']}/deliveries"
    for number in range(1, 6):
        bed.ledger.publish(story(1, number))
        await bed.logged(made["id"], number)
    first = (await bed("GET", f"{path}?limit=3")).json()
    rest = (await bed("GET", f"{path}?limit=3&before={first['next']}")).json()
    assert [each["version"] for each in first["deliveries"] + rest["deliveries"]] == [5, 4, 3, 2, 1]
    assert rest["next"] is None
    for wrong in ("x", "0-0"):  # before the first there is nothing, which Redis calls an error
        assert (await bed("GET", f"{path}?before={wrong}")).status == 422


async def test_the_log_can_be_asked_for_what_failed(bed: Bed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "READ", 2)
    made = await bed.made(schedule=[0.1])
    path = f"/{made['id']}/deliveries"

    async def down(call: Call) -> Reply:
        return Reply(500 if call.version[1] in (2, 4) else 204)

    bed.receiver.answer = down
    for number, logged in enumerate((1, 3, 4, 6, 7), 1):
        bed.ledger.publish(story(1, number))
        await bed.logged(made["id"], logged)
    found = (await bed("GET", f"{path}?outcome=failed")).json()["deliveries"]
    assert [(each["version"], each["outcome"]) for each in found] == [
        (4, "gave_up"),
        (4, "retry"),
        (2, "gave_up"),
        (2, "retry"),
    ]
    first = (await bed("GET", f"{path}?outcome=gave_up&limit=1")).json()
    rest = (await bed("GET", f"{path}?outcome=gave_up&limit=5&before={first['next']}")).json()
    assert [each["version"] for each in first["deliveries"] + rest["deliveries"]] == [4, 2]
    assert rest["next"] is None
    assert (await bed("GET", f"{path}?outcome=lost")).status == 422


async def test_moments_are_told_as_everywhere(bed: Bed) -> None:
    made = await bed.made(schedule=[100])

    async def down(_call: Call) -> Reply:
        return Reply(500)

    bed.receiver.answer = down
    bed.ledger.publish(story())
    attempt = await shown(bed, made["id"], 1)
    at, due = (datetime.fromisoformat(attempt[name]) for name in ("at", "next_attempt"))
    assert attempt["at"].endswith("Z")
    assert 80 <= (due - at).total_seconds() <= 121


async def shown(bed: Bed, id: str, count: int, at: int = 0) -> dict[str, Any]:
    """Return one of so many attempts, the newest first, with its request."""
    await bed.logged(id, count)
    listed = (await bed("GET", f"/{id}/deliveries")).json()["deliveries"]
    assert not any("request" in each for each in listed)
    answer = await bed("GET", f"/{id}/deliveries/{listed[at]['id']}")
    assert answer.status == 200, answer.body
    told: dict[str, Any] = answer.json()
    assert told.items() >= listed[at].items()
    return told


def went(call: Call, told: dict[str, Any]) -> bool:
    """Tell whether a request is shown byte for byte as a receiver got it, but for what is secret."""
    headers = {name.lower(): value for name, value in told["headers"].items()}
    got = {name: value for name, value in call.headers.items() if name not in HTTP}
    for name, value in headers.items():
        if value.endswith(HIDDEN):
            assert got[name] != value
            got[name] = value
    return (headers, told["body"].encode()) == (got, call.body)


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"filter": "ferry"},
        {"payload": "thin"},
        {"fields": ["headline"], "reuse": "headline"},
        {"format": "cloudevents-binary", "handshake": False},
        {"format": "cloudevents-structured", "handshake": False, "signing": "both"},
        {"headers": {"X-Team": "hush-1"}, "auth": {"type": "basic", "username": "ann", "password": "hush-2"}},
        {"auth": {"type": "bearer", "token": "hush-3"}},
    ],
)
async def test_a_request_is_shown_as_it_was_sent(bed: Bed, asked: dict[str, Any]) -> None:
    made = await bed.made(**asked)
    for number in (1, 2):
        bed.ledger.publish(story(number, headline="A ferry"))
    for at, seq in enumerate((2, 1)):
        told = await shown(bed, made["id"], 2, at)
        [call] = [each for each in bed.receiver.calls if each.id == told["webhook_id"]]
        assert (told["seq"], told["unshown"], told["together"]) == (seq, None, 1)
        assert told["request"]["url"] == bed.receiver.url
        assert (told["request"]["same"], told["request"]["reached"]) == (True, True)
        assert went(call, told["request"])
        assert "hush" not in str(told)


async def test_an_update_an_exit_and_a_retraction_are_shown_as_they_were_sent(bed: Bed) -> None:
    made = await bed.made(filter="ferry")
    versions = (("article.published", "A ferry"), ("article.updated", "A bridge"), ("article.retracted", "A bridge"))
    for version, (kind, headline) in enumerate(versions, 1):
        bed.ledger.publish(story(1, version, headline=headline, body_html=""), kind, reason="It sank.")
        await bed.logged(made["id"], version)
    for at, call in enumerate(reversed(bed.receiver.calls)):
        told = (await shown(bed, made["id"], 3, at))["request"]
        assert told["same"]
        assert went(call, told)
    assert bed.receiver.calls[1].event["data"]["exit"] is True


async def test_a_digest_is_shown_whole_with_each_of_its_events(bed: Bed) -> None:
    made = await bed.made(digest={"items": 2, "seconds": 60}, format="cloudevents-binary", handshake=False)
    for number in (1, 2):
        bed.ledger.publish(story(number))
    for at in (0, 1):
        told = await shown(bed, made["id"], 2, at)
        assert (told["together"], told["request"]["same"]) == (2, True)
        assert went(bed.receiver.calls[0], told["request"])


async def test_word_of_another_subscription_is_shown_as_it_was_sent(bed: Bed) -> None:
    watcher = await bed.made(types=["subscription.created"])
    await bed.made()
    told = await shown(bed, watcher["id"], 1)
    assert told["request"]["same"]
    assert went(bed.receiver.calls[0], told["request"])


async def test_what_is_another_by_now_says_so(bed: Bed) -> None:
    made = await bed.made()
    bed.ledger.publish(story())
    assert (await shown(bed, made["id"], 1))["request"]["same"]
    for change in ({"payload": "thin"}, {"payload": None, "url": f"{bed.receiver.url}/other"}):
        assert (await bed("PATCH", f"/{made['id']}", json=change)).status == 200
        assert (await shown(bed, made["id"], 1))["request"]["same"] is False


async def test_what_is_no_longer_kept_or_not_within_what_one_may_have_is_not_shown(bed: Bed) -> None:
    key = await bed.consumer("partner", query="section:world")
    made = await bed.made(key)
    bed.ledger.publish(story(1, section="world"))
    assert (await shown(bed, made["id"], 1))["request"]
    await bed.store.do("HSET", CONSUMERS, "partner", to_json({"name": "p", "key": "", "query": "section:sport"}))
    told = await shown(bed, made["id"], 1)
    assert (told["request"], told["unshown"]) == (None, BEYOND)
    own = await bed.made()
    seq = bed.ledger.publish(story(2))
    await until(lambda: len(bed.receiver.calls) == 2)
    bed.ledger.documents.clear()
    bed.replica.forget()
    assert (await shown(bed, own["id"], 1))["unshown"] == GONE
    bed.ledger.entries[seq - 1] = bed.ledger.entries[0]
    bed.replica.forget()
    assert (await shown(bed, own["id"], 1))["unshown"] == GONE  # another has its number


@pytest.mark.parametrize("status", ["withheld", "canceled"])
async def test_what_is_withheld_or_taken_back_by_now_is_shown_to_the_newsroom_alone(bed: Bed, status: str) -> None:
    key = await bed.consumer("partner")
    made = await bed.made(key)
    bed.ledger.publish(story(1))
    await bed.logged(made["id"], 1)
    type = "article.updated" if status == "withheld" else "article.retracted"
    bed.ledger.publish(story(1, 2, status=status), type)
    await bed.logged(made["id"], 2)
    newest, first = [each["id"] for each in (await bed("GET", f"/{made['id']}/deliveries")).json()["deliveries"]]
    shown = {}
    for token in (TOKEN, key):
        for entry in (first, newest):
            shown[token, entry] = (await bed("GET", f"/{made['id']}/deliveries/{entry}", token=token)).json()
    assert (shown[key, first]["request"], shown[key, first]["unshown"]) == (None, WITHDRAWN)
    assert went(bed.receiver.calls[0], shown[TOKEN, first]["request"])
    # Word that it is so is no secret.
    assert all(went(bed.receiver.calls[1], shown[token, newest]["request"]) for token in (TOKEN, key))


async def test_what_was_sent_as_a_name_alone_is_shown_so_to_all(bed: Bed) -> None:
    key = await bed.consumer("partner")
    bed.ledger.publish(story(1), timestamp="2026-11-22T10:00:00Z")
    bed.ledger.publish(story(1, 2, status="withheld"), "article.updated")
    made = await bed.made(key, types=["article.published"], start={"seq": 1})
    entry = (await shown(bed, made["id"], 1))["id"]
    for token in (TOKEN, key):
        told = (await bed("GET", f"/{made['id']}/deliveries/{entry}", token=token)).json()
        assert went(bed.receiver.calls[0], told["request"])
        assert told["request"]["same"]


@pytest.mark.parametrize(
    ("logged", "why"),
    [
        ({"type": "article.published", "outcome": "dropped"}, UNSENT),
        ({"type": "article.published", "outcome": "unknown"}, UNKEPT),
        ({"type": "article.embargoed", "outcome": "delivered"}, AHEAD),
    ],
)
async def test_where_there_is_no_request_the_reason_is_told(bed: Bed, logged: dict[str, Any], why: str) -> None:
    made = await bed.made()
    attempt = {"webhook_id": "msg_1", "seq": 1, "article_id": "desk-1", "version": 1, "attempt": 1, **logged}
    await bed.store.do("XADD", keys(made["id"])[-1], "*", "attempt", to_json(attempt))
    told = await shown(bed, made["id"], 1)
    assert (told["request"], told["unshown"]) == (None, why)


async def test_a_failed_try_is_shown_too_and_the_next_is_another_request(bed: Bed) -> None:
    answers = iter([Reply(500), Reply()])

    async def answer(_call: Call) -> Reply:
        return next(answers)

    bed.receiver.answer = answer
    made = await bed.made(schedule=[0.1])
    bed.ledger.publish(story())
    for at, call in ((1, 0), (0, 1)):
        told = (await shown(bed, made["id"], 2, at))["request"]
        assert (told["same"], told["headers"]["wireroom-attempt"]) == (True, str(call + 1))
        assert went(bed.receiver.calls[call], told)


async def test_what_never_got_to_the_receiver_says_so(bed: Bed) -> None:
    grant = {"type": "oauth2", "token_url": bed.receiver.url, "client_id": "desk", "client_secret": "hush"}
    made = await bed.made(auth=grant, schedule=[3600])
    bed.ledger.publish(story())
    told = await shown(bed, made["id"], 1)
    assert (told["request"]["reached"], told["request"]["same"]) == (False, True)
    assert told["request"]["headers"]["authorization"] == f"Bearer {HIDDEN}"
    assert "hush" not in str(told)


@pytest.mark.parametrize("entry", ["1-1", "x", "1", "-", "+", "9" * 30 + "-1", "1-1%20"])
async def test_a_delivery_that_is_none_or_anothers_is_not_found(bed: Bed, entry: str) -> None:
    made, key = await bed.made(), await bed.consumer("partner")
    bed.ledger.publish(story())
    known = (await shown(bed, made["id"], 1))["id"]
    assert (await bed("GET", f"/{made['id']}/deliveries/{entry}")).status == 404
    assert (await bed("GET", f"/{made['id']}/deliveries/{known}", token=key)).status == 404
