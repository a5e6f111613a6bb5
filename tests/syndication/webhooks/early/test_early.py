"""Articles under an embargo go ahead of their release to who is trusted and asked, and to nobody else."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import orjson
import pytest
from standardwebhooks import Webhook
from structlog.testing import capture_logs

from services.syndication.webhooks.attempt_log import AttemptLog
from services.syndication.webhooks.credentials import Credentials
from services.syndication.webhooks.cuts import Cut
from services.syndication.webhooks.oauth import Grant
from services.syndication.webhooks.pacing import DigestWindow, Pacing
from services.syndication.webhooks.sending import Sending
from services.syndication.webhooks.sign import secret_of, webhook_id
from shared.times import rfc3339
from tests.builders import an_article
from tests.receiver import Call, Receiver, Reply, a_receiver
from tests.syndication.webhooks.bed import KEY, subscribe
from tests.syndication.webhooks.early.newsdesk import EARLY, HOUR, ID, Newsdesk, told
from tests.waiting import PATIENCE, until

E, W, P = "article.embargoed", "article.withdrawn", "article.published"


async def test_it_goes_early_to_who_is_trusted_and_asked_and_to_all_when_it_is_released(
    desk: Newsdesk, receiver: Receiver
) -> None:
    async with a_receiver() as own, a_receiver() as untrusted, a_receiver() as unasked, desk.replica():
        partner = await desk.partner(receiver)
        await subscribe(desk.store, own.url, choices=EARLY)
        await desk.consumer("stranger", early=False)
        await subscribe(desk.store, untrusted.url, owner="stranger", choices=EARLY)
        await subscribe(desk.store, unasked.url, owner="partner")
        await desk.on(1)
        await until(lambda: receiver.calls and own.calls)
        await until(desk.settled)
        assert (untrusted.calls, unasked.calls) == ([], [])
        await desk.release()
        await until(lambda: all(P in str(told(each)) for each in (receiver, own, untrusted, unasked)))
    assert told(receiver) == told(own) == [(E, 1), (P, 1)]
    assert told(untrusted) == told(unasked) == [(P, 1)]
    early, released = receiver.calls
    assert early.id == webhook_id(partner.id, ID, 1, E) != released.id
    assert released.event["data"]["seq"] == 1


async def test_it_is_signed_and_says_until_when_and_bears_no_number_of_the_ledger(
    desk: Newsdesk, receiver: Receiver
) -> None:
    async with desk.replica():
        await desk.partner(receiver, filter="ferry")
        await desk.on(1)
        await until(lambda: receiver.calls)
    (call,) = receiver.calls
    event = Webhook(secret_of(KEY)).verify(call.body, call.headers)
    ends = rfc3339(desk.began + HOUR)
    assert call.headers["wireroom-embargoed-until"] == ends
    assert set(event) == {"type", "timestamp", "data"}
    assert set(event["data"]) == {"embargoed_until", "previous_version", "article", "matched"}
    assert (event["data"]["embargoed_until"], event["data"]["matched"]) == (ends, ["ferry"])
    assert event["data"]["article"]["embargoed_until"] == ends
    assert event["data"]["article"]["body_html"] == an_article().body_html


@pytest.mark.parametrize("form", ["cloudevents-binary", "cloudevents-structured"])
async def test_in_cloudevents_too(desk: Newsdesk, receiver: Receiver, form: str) -> None:
    async with desk.replica():
        await desk.partner(receiver, sending=Sending(format=form))  # type: ignore[arg-type]  # two of the formats
        await desk.on(1)
        await until(lambda: receiver.calls)
        await desk.retract(2)
        await until(lambda: len(receiver.calls) == 2)
    early, withdrawn = receiver.calls
    named = [
        (call.headers.get("ce-type"), call.headers.get("ce-subject"))
        if form == "cloudevents-binary"
        else (call.event["type"], call.event["subject"])
        for call in (early, withdrawn)
    ]
    assert named == [(E, ID), (W, ID)]
    assert "sequence" not in str(early.headers) + str(early.event)
    assert early.headers["wireroom-embargoed-until"]


async def test_filter_and_rights_bind_it(desk: Newsdesk, receiver: Receiver) -> None:
    async with a_receiver() as another, desk.replica():
        await desk.partner(receiver, sending=Sending(cut=Cut(reuse="headline")))
        await desk.partner(another, filter="submarine")
        await desk.on(1, summary="All about it.")
        await until(lambda: receiver.calls)
        await until(desk.settled)
    article = receiver.calls[0].event["data"]["article"]
    assert (article["body_html"], article["summary"], another.calls) == ("", None, [])


@pytest.mark.parametrize("change", [{"headline": "Another"}, {"ahead": 2 * HOUR}])
async def test_a_version_or_moment_that_changes_goes_again(desk: Newsdesk, receiver: Receiver, change: dict) -> None:  # type: ignore[type-arg]
    async with desk.replica():
        await desk.partner(receiver)
        await desk.on(1)
        await until(lambda: receiver.calls)
        await desk.on(2, **change)
        await until(lambda: len(receiver.calls) == 2)
        await desk.release()
        await until(lambda: len(receiver.calls) == 3)
    assert told(receiver) == [(E, 1), (E, 2), (P, 2)]
    second = receiver.calls[1]
    assert second.event["data"]["previous_version"] == 1
    assert second.headers["wireroom-embargoed-until"] == rfc3339(desk.began + change.get("ahead", HOUR))


async def test_who_got_it_and_nobody_else_is_told_that_it_is_withdrawn(desk: Newsdesk, receiver: Receiver) -> None:
    async with a_receiver() as paused, a_receiver() as another, desk.replica():
        partner = await desk.partner(receiver)
        await desk.partner(paused, status="paused")
        await desk.partner(another, filter="submarine")
        await desk.on(1)
        await until(lambda: receiver.calls)
        await desk.retract(2)
        await until(lambda: len(receiver.calls) == 2)
        await until(desk.settled)
        await desk.on(3, None)  # what comes after is published as to anybody
        await until(lambda: another.calls == [] and len(receiver.calls) == 3)
    assert told(receiver) == [(E, 1), (W, 1), (P, 3)]
    withdrawn = receiver.calls[1]
    assert withdrawn.id == webhook_id(partner.id, ID, 2, W)
    data = withdrawn.event["data"]
    assert (data["published_version"], data["article"]["guid"]) == (None, "story-1")
    assert "taken back" in data["reason"]
    assert an_article().headline not in withdrawn.body.decode()
    assert "wireroom-embargoed-until" not in withdrawn.headers
    assert (paused.calls, another.calls) == ([], [])


async def test_who_had_a_version_is_told_when_the_next_is_not_for_it(desk: Newsdesk, receiver: Receiver) -> None:
    async with desk.replica():
        await desk.partner(receiver, filter="ferry")
        await desk.on(1)
        await until(lambda: receiver.calls)
        await desk.on(2, 2 * HOUR, headline="Bridge", body_html="", body_text="")
        await until(lambda: len(receiver.calls) == 2)
        await desk.on(3, 2 * HOUR)
        await until(lambda: len(receiver.calls) == 3)
        await desk.on(4, None, headline="Bridge", body_html="", body_text="")  # released, and not what was asked for
        await until(lambda: len(receiver.calls) == 4)
        await until(desk.settled)
    assert told(receiver) == [(E, 1), (W, 1), (E, 3), (W, 3)]
    assert receiver.calls[3].event["data"]["published_version"] == 4


async def test_an_update_that_is_withdrawn_leaves_what_is_out(desk: Newsdesk, receiver: Receiver) -> None:
    async with desk.replica():
        await desk.partner(receiver)
        await desk.on(1, None)
        await until(lambda: receiver.calls)
        await desk.on(2, headline="New")
        await until(lambda: len(receiver.calls) == 2)
        await desk.on(3, None)  # says what version 1 says
        await until(lambda: len(receiver.calls) == 3)
    assert told(receiver) == [(P, 1), (E, 2), (W, 2)]
    assert receiver.calls[2].event["data"]["published_version"] == 3


async def test_a_retraction_follows_an_early_version_whatever_the_filter(desk: Newsdesk, receiver: Receiver) -> None:
    async with desk.replica():
        await desk.partner(receiver, filter="submarine")
        await desk.on(1, None)
        await desk.on(2, headline="Submarine")
        await until(lambda: receiver.calls)
        await desk.retract(3)
        await until(lambda: len(receiver.calls) == 2)
        await until(desk.settled)
    assert told(receiver) == [(E, 2), ("article.retracted", 3)]


async def test_trust_that_is_revoked_ends_at_once_what_is_queued_too(desk: Newsdesk, receiver: Receiver) -> None:
    async with desk.replica() as replica:
        partner = await desk.partner(receiver, status="paused")
        await desk.on(1)
        await until(desk.settled)
        await desk.consumer(early=False)
        with capture_logs() as lines:
            await replica.api.lanes.hint([await replica.api.lanes.activate(partner.id)])
            replica.engine.look()
            await until(lambda: any(line["event"] == "delivery.attempted" for line in lines))
        assert [line["outcome"] for line in lines if line["event"] == "delivery.attempted"] == ["dropped"]
        assert "trusts" in next(line["reason"] for line in lines if line["event"] == "delivery.attempted")
        assert receiver.calls == []
        await desk.consumer()  # trusted again, it gets what still waits
        await until(lambda: receiver.calls)
    assert told(receiver) == [(E, 1)]


async def end_in_between(
    desk: Newsdesk, change: str, receiver: Receiver, endpoint: Receiver, token: tuple[asyncio.Event, asyncio.Event]
) -> None:
    """End it while a token is fetched: that was asked for at the first event, and comes with the second."""
    asked, going = token
    auth = Grant(token_url=endpoint.url, client_id="desk", client_secret="hush")
    await desk.partner(receiver, credentials=Credentials(auth=auth))
    with capture_logs() as lines:
        await desk.on(1)
        await asyncio.wait_for(asked.wait(), PATIENCE)
        await (desk.consumer(early=False) if change == "revoked" else desk.retract(2))
        going.set()
        await until(lambda: any(line["event"] == "delivery.attempted" for line in lines))


@pytest.mark.parametrize("change", ["revoked", "withdrawn"])
async def test_what_ends_while_a_token_is_fetched_is_not_sent_with_it(desk: Newsdesk, change: str) -> None:
    asked, going = asyncio.Event(), asyncio.Event()

    async def token(_call: Call) -> Reply:
        asked.set()
        await going.wait()
        return Reply(200, body=orjson.dumps({"access_token": "t", "token_type": "Bearer"}))

    async with a_receiver() as receiver, a_receiver(token) as endpoint, desk.replica():
        await end_in_between(desk, change, receiver, endpoint, (asked, going))
        assert E not in [kind for kind, _ in told(receiver)]


@pytest.mark.parametrize("change", ["revoked", "withdrawn"])
async def test_what_ends_while_a_refused_token_is_fetched_again_is_not_sent_again(desk: Newsdesk, change: str) -> None:
    asked, going, given = asyncio.Event(), asyncio.Event(), iter(("one", "two"))

    async def token(_call: Call) -> Reply:
        text = next(given)
        if text == "two":
            asked.set()
            await going.wait()
        return Reply(200, body=orjson.dumps({"access_token": text, "token_type": "Bearer"}))

    async def refuse(_call: Call) -> Reply:
        return Reply(401)

    async with a_receiver(refuse) as receiver, a_receiver(token) as endpoint, desk.replica():
        await end_in_between(desk, change, receiver, endpoint, (asked, going))
        assert [kind for kind, _ in told(receiver)].count(E) == 1


async def test_a_filter_that_cannot_be_read_any_more_holds_nothing_up_and_is_told_of_once(
    desk: Newsdesk, receiver: Receiver
) -> None:
    async with desk.replica() as replica:
        partner = await desk.partner(receiver, filter="ferry")
        await desk.on(1)
        await until(lambda: told(receiver) == [(E, 1)])
        with capture_logs() as lines:
            assert await replica.api.store.change(replace(partner, filter="tag:("), "settings")
            await desk.release()
            await until(lambda: len(receiver.calls) == 2)
            await until(desk.settled)
    assert told(receiver)[1] == (W, 1)
    assert [line["event"] for line in lines if line["log_level"] in ("warning", "error")] == ["subscription.unreadable"]


async def test_who_comes_later_gets_what_waits_already_and_nobody_gets_anything_twice(
    desk: Newsdesk, receiver: Receiver
) -> None:
    async with a_receiver() as late:
        async with desk.replica():
            await desk.partner(receiver)
            await desk.on(1)
            await until(lambda: receiver.calls)
            await desk.partner(late)
            await until(lambda: late.calls)
        async with desk.replica():  # it starts anew, and looks at all that waits
            await until(desk.settled)
            await desk.on(2, headline="New")
            await until(lambda: len(receiver.calls) == 2 and len(late.calls) == 2)
    assert told(receiver) == told(late) == [(E, 1), (E, 2)]


async def test_the_released_version_waits_for_the_early_one_under_way(desk: Newsdesk) -> None:
    going = asyncio.Event()

    async def answer(_call: Call) -> Reply:
        await going.wait()
        return Reply(204)

    async with a_receiver(answer) as receiver, desk.replica() as replica:
        partner = await desk.partner(receiver)
        await desk.on(1)
        await until(lambda: receiver.calls)
        await desk.release()
        await until(lambda: replica.dispatcher.cursor == 1)
        waiting = await desk.store.do("HGET", f"{{s:{partner.id}}}:lanes", ID)
        assert waiting.decode().endswith(",000000000001")
        assert told(receiver) == [(E, 1)]
        going.set()
        await until(lambda: len(receiver.calls) == 2)
    assert told(receiver) == [(E, 1), (P, 1)]


async def test_one_that_fails_is_tried_again_until_the_release_takes_its_place(desk: Newsdesk) -> None:
    well = asyncio.Event()

    async def answer(_call: Call) -> Reply:
        return Reply(204 if well.is_set() else 500)

    async def nothing_waits() -> bool:
        return bool(await desk.store.do("HLEN", f"{{s:{partner.id}}}:items") == 0)

    async with a_receiver(answer) as receiver, desk.replica():
        partner = await desk.partner(receiver, schedule=(0.05, 60.0))
        await desk.on(1)
        await until(lambda: len(receiver.calls) == 2)
        well.set()
        await desk.release()
        await until(lambda: len(receiver.calls) == 3)
        await until(nothing_waits)
    assert told(receiver) == [(E, 1), (E, 1), (P, 1)]
    assert len({call.id for call in receiver.calls[:2]}) == 1
    assert "supersedes" not in receiver.calls[2].event["data"]


async def test_beside_digests_it_goes_alone(desk: Newsdesk, receiver: Receiver) -> None:
    pacing = Pacing(digest=DigestWindow(items=50, seconds=3600))
    async with desk.replica():
        await desk.partner(receiver, pacing=pacing)
        await desk.on(1)
        await until(lambda: receiver.calls)
    assert told(receiver) == [(E, 1)]


async def test_put_in_before_digests_were_asked_for_it_still_goes_alone(desk: Newsdesk, receiver: Receiver) -> None:
    async with desk.replica() as replica:
        partner = await desk.partner(receiver, status="paused")
        await desk.on(1)
        await until(desk.settled)
        pacing = Pacing(digest=DigestWindow(items=50, seconds=3600))
        await replica.api.store.change(replace(partner, pacing=pacing), "settings")
        await replica.api.lanes.hint([await replica.api.lanes.activate(partner.id)])
        replica.engine.look()
        await until(lambda: receiver.calls)
    assert told(receiver) == [(E, 1)]


async def test_the_log_names_it_and_says_nothing_of_what_it_says(desk: Newsdesk, receiver: Receiver) -> None:
    with capture_logs() as lines:
        async with desk.replica():
            partner = await desk.partner(receiver)
            await desk.on(1)
            await until(lambda: receiver.calls)
    assert an_article().headline not in repr(lines)
    [attempted] = [line for line in lines if line["event"] == "delivery.attempted"]
    assert (attempted["correlation_id"], attempted["source"]) == ("c-1", an_article().source.id)
    attempts = [orjson.loads(entry) for _, entry in await AttemptLog(desk.store).before(partner.id, None, 9)]
    assert [(each["type"], each["version"], each["outcome"]) for each in attempts] == [(E, 1, "delivered")]
    assert an_article().headline not in repr(attempts)


async def test_what_bounds_the_consumer_bounds_what_it_gets_early(desk: Newsdesk, receiver: Receiver) -> None:
    async with a_receiver() as another, desk.replica():
        await desk.consumer("bound", query="section:sport")
        await subscribe(desk.store, another.url, owner="bound", choices=EARLY)
        await desk.partner(receiver)
        await desk.on(1, section="world")
        await until(lambda: receiver.calls)
        await until(desk.settled)
        assert another.calls == []
        await desk.on(2, section="sport")
        await until(lambda: another.calls)
    assert told(another) == [(E, 2)]


async def test_what_is_out_goes_before_an_early_update_however_late_it_is_dispatched(
    desk: Newsdesk, receiver: Receiver
) -> None:
    await desk.partner(receiver)
    async with desk.replica(started=False) as replica:
        await desk.on(1, None)
        await desk.on(2, headline="New")
        await replica.early.work()
        assert not await desk.settled()
        await replica.start()
        await until(lambda: len(receiver.calls) == 2)
    assert told(receiver) == [(P, 1), (E, 2)]
