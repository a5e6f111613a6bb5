"""What an outcome does to its lane, and what the log keeps of it."""

from __future__ import annotations

from dataclasses import replace

import orjson

from services.syndication.webhooks.choices import Choices
from services.syndication.webhooks.deliver import UNWANTED, Delivered, Disabled, Refused, RetryLater
from services.syndication.webhooks.lane_replies import Delivery
from services.syndication.webhooks.lanes import NEVER
from services.syndication.webhooks.outcomes import dropped, judge
from services.syndication.webhooks.sign import secret_of
from services.syndication.webhooks.subscriptions import Secret, Subscription
from tests.syndication.webhooks.bed import KEY

NOW = 1_800_000_000.0
SUBSCRIPTION = Subscription(
    id="s", number=1, url="http://e.org", created_at="", secrets=(Secret(secret_of(KEY)),), schedule=(10.0, 100.0)
)


def _delivery(failures: int = 0, type: str = "article.published") -> Delivery:
    return Delivery(
        subscription="s",
        seq=4,
        fence=1,
        failures=failures,
        previous_seq=None,
        type=type,
        article_id="a",
        version=1,
        matched=b"[]",
    )


def _middle() -> float:
    return 0.5


def test_the_waits_follow_the_schedule_and_end_with_giving_up() -> None:
    failed = RetryLater("the receiver answered 500", 3.0, 500)
    judged = [judge(_delivery(failures), SUBSCRIPTION, failed, "msg_1", NOW, _middle) for failures in range(3)]
    assert [each.verdict for each in judged] == ["retry", "retry", "gave_up"]
    assert [each.record.due for each in judged] == [int((NOW + 10) * 1000), int((NOW + 100) * 1000), 0]
    assert [each.record.kind for each in judged] == ["retry", "retry", "gave_up"]


def test_retry_after_lengthens_the_wait_and_never_shortens_it() -> None:
    for after, wait in ((50.0, 50), (1.0, 10)):
        failed = RetryLater("busy", 3.0, 429, after)
        assert judge(_delivery(), SUBSCRIPTION, failed, "m", NOW, _middle).record.due == int((NOW + wait) * 1000)


def test_success_ends_the_delivery_and_410_keeps_it() -> None:
    done = judge(_delivery(), SUBSCRIPTION, Delivered(200, 1.0, b""), "m", NOW, _middle)
    gone = judge(_delivery(), SUBSCRIPTION, Disabled("gone", 410, 1.0, b""), "m", NOW, _middle)
    assert (done.verdict, done.record.kind) == ("delivered", "done")
    assert (gone.verdict, gone.record.kind) == ("disabled", "disable")


def test_who_wants_no_more_is_sent_no_more() -> None:
    last = judge(_delivery(), SUBSCRIPTION, Delivered(200, 1.0, b"", last=True), "m", NOW, _middle)
    left = judge(_delivery(), SUBSCRIPTION, Disabled(UNWANTED, 500, 1.0, b""), "m", NOW, _middle)
    refused = judge(_delivery(), SUBSCRIPTION, Refused("aborts", 422, 1.0, b""), "m", NOW, _middle)
    assert [(each.verdict, each.record.kind) for each in (last, left, refused)] == [
        ("delivered", "last"),
        ("disabled", "unwanted"),
        ("refused", "dropped"),
    ]
    assert orjson.loads(refused.record.log)["outcome"] == "refused"


def test_the_log_keeps_a_failure_s_answer_whole_and_a_success_s_start() -> None:
    body = b"x" * 16_384
    failed = judge(_delivery(), SUBSCRIPTION, RetryLater("no", 1.0, 500, None, body), "m", NOW, _middle)
    fine = judge(_delivery(), SUBSCRIPTION, Delivered(200, 1.0, body), "m", NOW, _middle)
    assert len(orjson.loads(failed.record.log)["body"]) == 16_384
    assert len(orjson.loads(fine.record.log)["body"]) == 512


def test_what_may_have_arrived_is_not_repeated_to_who_asked_for_that() -> None:
    once = replace(SUBSCRIPTION, choices=Choices(delivery="at-most-once"))
    outcomes = (
        RetryLater("the receiver answered 500", 1.0, 500),
        RetryLater("sent nothing for too long", 1.0),
        RetryLater("could not connect", 1.0, unsent=True),
        Disabled("gone", 410, 1.0, b""),
    )
    judged = [judge(_delivery(), once, outcome, "m", NOW, _middle) for outcome in outcomes]
    assert [(each.verdict, each.record.kind) for each in judged] == [
        ("gave_up", "gave_up"),
        ("unknown", "gave_up"),
        ("retry", "retry"),
        ("disabled", "disable"),
    ]
    assert judged[3].record.due == NEVER
    assert judge(_delivery(type="article.retracted"), once, outcomes[1], "m", NOW, _middle).verdict == "retry"


def test_an_article_no_longer_kept_is_dropped_and_the_log_says_so() -> None:
    judged = dropped(_delivery(), "m", NOW)
    assert judged.record.kind == "dropped"
    assert orjson.loads(judged.record.log)["reason"] == "the article is no longer kept"


def test_overload_holds_the_lane_till_the_receiver_wants_more() -> None:
    def held(status: int | None, after: float | None) -> int | None:
        failed = RetryLater("busy", 1.0, status, after)
        return judge(_delivery(), SUBSCRIPTION, failed, "m", NOW, _middle).record.hold

    assert [held(status, None) for status in (429, 502, 503, 504, None)] == [0] * 5
    assert [held(status, 30.0) for status in (500, 404, 302)] == [None] * 3
    assert held(429, 30.0) == int((NOW + 30) * 1000)
    assert held(503, 10**9) == int((NOW + 86_400) * 1000)


def test_a_retraction_is_retried_beyond_the_schedule_s_end() -> None:
    failed = RetryLater("the receiver answered 500", 3.0, 500)
    judged = [
        judge(_delivery(failures, "article.retracted"), SUBSCRIPTION, failed, "m", NOW, _middle)
        for failures in (2, 100, 1000)
    ]
    assert [each.verdict for each in judged] == ["retry", "retry", "gave_up"]
