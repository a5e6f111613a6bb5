"""What each answer of a receiver means."""

from __future__ import annotations

import pytest

from services.syndication.webhooks.deliver import UNWANTED, Delivered, Disabled, Outcome, Refused, RetryLater, judge
from shared.http_client import Answer, NoAnswer

NOW = 1_800_000_000.0


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_2xx_is_delivered(status: int) -> None:
    assert judge(Answer(status, {}, b"ok", 1.0), NOW) == Delivered(status, 1.0, b"ok")


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 401, 404, 429, 500, 502, 503, 504])
def test_everything_else_is_tried_again(status: int) -> None:
    assert isinstance(judge(Answer(status, {}, b"", 1.0), NOW), RetryLater)


def test_410_disables() -> None:
    assert isinstance(judge(Answer(410, {}, b"", 1.0), NOW), Disabled)


@pytest.mark.parametrize(
    ("status", "wish", "meant"),
    [
        (500, "disable", Disabled(UNWANTED, 500, 1.0, b"")),
        (200, "disable", Delivered(200, 1.0, b"", last=True)),
        (410, "abort-message", Disabled("the receiver answered 410 Gone", 410, 1.0, b"")),
        (422, " Abort-Message ", Refused("the receiver answered 422 and aborts this message", 422, 1.0, b"")),
        (200, "abort-message", Delivered(200, 1.0, b"")),
        (500, "abort", RetryLater("the receiver answered 500", 1.0, 500)),
    ],
)
def test_a_receiver_may_say_what_it_wants_no_more(status: int, wish: str, meant: Outcome) -> None:
    assert judge(Answer(status, {"webhook-delivery": wish}, b"", 1.0), NOW) == meant


def test_retry_after_is_read_as_seconds_or_date() -> None:
    seconds = judge(Answer(503, {"retry-after": "120"}, b"", 1.0), NOW)
    date = judge(Answer(503, {"retry-after": "Fri, 15 Jan 2027 08:01:00 GMT"}, b"", 1.0), NOW)
    assert isinstance(seconds, RetryLater)
    assert isinstance(date, RetryLater)
    assert (seconds.after, date.after) == (120.0, 60.0)


def test_no_answer_is_tried_again_with_its_reason() -> None:
    assert judge(NoAnswer("timed out after 15 s", 15_000.0), NOW) == RetryLater("timed out after 15 s", 15_000.0)
